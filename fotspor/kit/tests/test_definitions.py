"""A definition that does not say what its kind must say is refused by file and field."""

from dataclasses import dataclass

import pytest

from fotspor.kit.definitions import BadDefinition, Byline, Evidence, load, validate


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    slug: str
    days: int
    byline: Byline


GOOD = """
slug = "small"
days = 14
[byline]
source = "content.md 1.2"
evidence = "recalled"
version = "1"
valid_from = 2026-01-01
next_review = 2027-01-01
"""


def test_a_whole_definition_is_read(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(GOOD)
    small = load(Small, path)
    assert (small.days, small.byline.evidence) == (14, Evidence.RECALLED)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("days = 14", ""), "days"),
        (("days = 14", 'days = "soon"'), "days"),
        (('"recalled"', '"rumoured"'), "byline.evidence"),
        (("version", "edition"), "byline.version"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, field):
    path = tmp_path / "small.toml"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(BadDefinition, match=f"small.toml: {field}"):
        load(Small, path)


def test_a_document_can_be_checked_before_it_is_a_file():
    with pytest.raises(BadDefinition, match="draft: slug"):
        validate(Small, {}, "draft")
