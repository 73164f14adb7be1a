from datetime import UTC, date, datetime, timedelta

import pytest

from fotspor.access.rules import ROLES, SYSTEM, Permission
from fotspor.services import rules
from fotspor.services.rules import Serving, overlaps, session_ended, substitute

D = date
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_every_role_has_a_place():
    assert {role for roles in rules.ROLES_BY_KIND.values() for role in roles} == set(ROLES)


def test_a_kindergarten_cannot_hold_a_nurse():
    assert "nurse" not in rules.roles_for("kindergarten")
    assert rules.roles_for("school") == ("unit_leader",)


@pytest.mark.parametrize("kind", sorted(rules.OUTSIDERS))
def test_outsiders_never_sign_in(kind):
    assert not rules.may_sign_in(kind)
    assert rules.roles_for(kind) == ()


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("100000008", True),
        ("100000009", False),  # another control digit
        ("010000008", False),  # two digits in each other's place
        ("10000000", False),
        ("1000000008", False),
        ("10000000X", False),
        ("１00000008", False),  # a digit of another script
        ("", False),
    ],
)
def test_an_organisation_number_has_nine_digits_and_the_last_one_controls_the_others(text, stands):
    assert rules.is_organisation_number(text) is stands


def test_the_address_rule_takes_the_first_by_name_whatever_order_they_come_in():
    units = [Serving(1, "Ytre"), Serving(2, "indre"), Serving(3, "Østre")]
    assert rules.chosen_for_area(units) == rules.chosen_for_area(reversed(units)) == 2


def test_nobody_serves_the_district():
    assert rules.chosen_for_area([]) is None


@pytest.mark.parametrize(
    ("a", "b", "together"),
    [
        ((D(2026, 1, 1), D(2026, 1, 5)), (D(2026, 1, 5), D(2026, 1, 9)), False),  # the end is exclusive
        ((D(2026, 1, 1), D(2026, 1, 6)), (D(2026, 1, 5), D(2026, 1, 9)), True),
        ((D(2026, 1, 1), None), (D(2030, 1, 1), D(2030, 1, 2)), True),
        ((D(2026, 1, 1), None), (D(2020, 1, 1), None), True),
        ((D(2026, 1, 1), None), (D(2020, 1, 1), D(2026, 1, 1)), False),
        ((D(2026, 2, 1), D(2026, 2, 2)), (D(2026, 1, 1), D(2026, 3, 1)), True),
    ],
)
def test_periods_share_a_day(a, b, together):
    assert overlaps(*a, *b) is together
    assert overlaps(*b, *a) is together


def test_a_substitute_answers():
    assert substitute({1: 2}, 1) == 2


def test_nobody_answers_for_somebody_who_is_here():
    assert substitute({1: 2}, 3) is None


def test_a_substitute_who_is_away_is_followed():
    assert substitute({1: 2, 2: 3, 3: 4}, 1) == 4


@pytest.mark.parametrize("away", [{1: 2, 2: 1}, {1: 2, 2: 3, 3: 2}, {1: 2, 2: 3, 3: 1}])
def test_two_who_name_each_other_leave_it_to_the_unit(away):
    assert substitute(away, 1) is None


def test_an_invitation_lasts_seven_days():
    assert rules.invitation_ends(D(2026, 11, 24)) == D(2026, 12, 1)


@pytest.mark.parametrize(
    ("began", "seen", "why"),
    [
        (timedelta(hours=9), timedelta(minutes=29), None),
        (timedelta(hours=9), timedelta(minutes=30), "idle"),
        (timedelta(hours=10), timedelta(0), "longest"),
        (timedelta(hours=11), timedelta(hours=11), "longest"),
    ],
)
def test_a_session_ends(began, seen, why):
    limits = {"idle": timedelta(minutes=30), "longest": timedelta(hours=10)}
    assert session_ended(AT - began, AT - seen, AT, **limits) == why


def test_only_what_differs_has_changed():
    assert rules.changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}) == ("b",)


def test_a_command_on_the_server_may_keep_staff():
    assert rules.may(SYSTEM, Permission.MANAGE_STAFF)
