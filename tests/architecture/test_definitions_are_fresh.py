"""Each definition has source, evidence, version, start and next review; past review it warns, then fails."""

import tomllib
import warnings
from datetime import date, timedelta

import pytest

from fotspor.instruments.queries.definitions import KINDS
from tests.architecture.tree import PACKAGE

FILES = sorted(p for p in PACKAGE.rglob("definitions/**/*.toml") if "imports" not in p.parts)
GRACE = timedelta(days=90)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_the_byline_is_whole_and_the_review_not_long_past(path):
    byline = tomllib.loads(path.read_text(encoding="utf-8"))["byline"]
    assert byline["source"].strip()
    assert byline["evidence"] in {"verified", "secondary", "recalled", "default"}
    assert byline["version"]
    assert isinstance(byline["valid_from"], date)
    today = date.today()
    assert today <= byline["next_review"] + GRACE, f"{path.name} should have been looked at by {byline['next_review']}"
    if today > byline["next_review"]:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(f"{path.name} is due for review", stacklevel=1)


def test_there_are_definitions():
    assert len(FILES) >= 4


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_each_is_approved_by_somebody_or_says_why_not(path):
    """Add it to a shelf (`instruments.queries.add_shelf`), or say in its byline why nobody needs to approve it."""
    is_on_a_shelf = any(path == each for shelves in KINDS.values() for shelf in shelves for each in shelf.paths())
    reason = tomllib.loads(path.read_text(encoding="utf-8"))["byline"].get("needs_no_approval", "")
    assert is_on_a_shelf is not bool(reason.strip()), f"{path.name}: on a shelf {is_on_a_shelf}, reason «{reason}»"
