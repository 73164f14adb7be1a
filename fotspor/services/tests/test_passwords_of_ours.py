"""What may not be a password here: our own words, and what has leaked elsewhere."""

from hashlib import sha1

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from fotspor.access.rules import SYSTEM
from fotspor.services import actions, passwords, rules
from fotspor.services.tests.builders import AT, PASSWORD

OURS = rules.OUR_WORDS | rules.words_of(["Granby helsestasjon", "Øvingskommunen", "Bo i Sør"])


@pytest.mark.parametrize(
    "password",
    [
        "Fotspor2026!!!",
        "Granby helsestasjon",
        "granby-granby-granby",
        "HELSESTASJON-november-2026",
        "Øvingskommunen 12",
        "velkommen velkommen",
        "Jordmor ma 123456",
    ],
)
def test_our_own_words_and_little_else(password):
    assert rules.is_made_of(password, OURS)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "jeg sykler til Granby helsestasjon hver dag",
        "4711 4712 4713 9",  # none of our words: others judge it
        "fotspor i nysnøen bak låven",
        "",
    ],
)
def test_a_sentence_may_hold_one_of_them(password):
    assert not rules.is_made_of(password, OURS)


def test_short_words_are_parts_of_others_and_are_left_out():
    assert rules.words_of(["Bo i Sør", "Nord-Sør barnehage"]) == {"nord", "barnehage"}


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["Granby helsestasjon", "Kongleveien barnehage 1", "fotspor-Fjordby-2026"])
def test_whoever_chooses_one_by_a_link_is_told_why_not(town, client, password):
    _invitation, token = actions.invite_again(staff=town.nurse, by=SYSTEM, at=AT)
    with pytest.raises(actions.PasswordTooWeak):
        actions.accept_invitation(token=token, password=password, at=AT)
    actions.accept_invitation(token=token, password=PASSWORD, at=AT)


# --- leaked


def digest(word):
    return sha1(word.encode()).hexdigest().upper()


@pytest.fixture(params=["plain", "with counts", "small letters", "without a last line end"])
def leaked(request, tmp_path):
    """Two hundred that have leaked, as such files are: sorted by digest."""
    lines = sorted(digest(f"hemmelig setning {number}") for number in range(200))
    if request.param == "with counts":
        lines = [f"{line}:{len(line) * number}" for number, line in enumerate(lines)]
    text = "\n".join(lines) + ("" if request.param.startswith("without") else "\n")
    path = tmp_path / "leaked.txt"
    path.write_text(text.lower() if request.param == "small letters" else text)
    return path


def test_each_that_has_leaked_is_found_and_no_other(leaked):
    for number in range(200):
        assert passwords.stands_in(leaked, f"hemmelig setning {number}"), number
        assert not passwords.stands_in(leaked, f"en annen setning {number}"), number


def test_an_empty_file_holds_none(tmp_path):
    path = tmp_path / "leaked.txt"
    path.write_text("")
    assert not passwords.stands_in(path, "hemmelig setning 1")


def test_it_is_refused_where_the_municipality_keeps_such_a_file(leaked):
    with override_settings(LEAKED_PASSWORDS=str(leaked)), pytest.raises(ValidationError, match=r"leaked|lekket"):
        passwords.NotLeaked().validate("hemmelig setning 7")
    passwords.NotLeaked().validate("hemmelig setning 7")
    assert str(passwords.NotLeaked().get_help_text())
