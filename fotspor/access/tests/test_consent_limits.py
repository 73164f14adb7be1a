"""A consent says nothing of a score, stands on possible days, is one at a time, and is not revived by another's."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from fotspor.access import actions, queries
from fotspor.access.models import AuditEvent, Consent
from fotspor.access.tests.made import AT, LONG_AGO, ON, make_guardian, make_person, make_unit, viewer_in
from fotspor.kit.dates import add_months
from fotspor.services.models import Staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def child(unit, nurse):
    child = make_person(born_on=ON - 40 * DAY)
    actions.open_relation(person_id=child.pk, unit_id=unit.pk, basis="baton", from_on=LONG_AGO, by=nurse, at=AT)
    return child


@pytest.fixture
def mother(child):
    return make_guardian(child)


def give(child, giver, by, unit, at=AT, **values):
    values = {"what": "agreed_steps", "to_unit_id": unit.pk, "purpose": "Liten gruppe", "from_on": ON} | values
    return actions.give_consent(person_id=child.pk, given_by_id=giver.pk, by=by, at=at, **values)


def stands(child, unit, at=AT):
    return queries.has_consented(person_id=child.pk, what="agreed_steps", to_unit_id=unit.pk, at=at)


@pytest.mark.parametrize(
    "text", ["Mor har EPDS 15 poeng", "EPDS femten", "Hun svarte på spørsmål 10", "Tanker om selvskading"]
)
def test_the_kindergarten_reads_no_score_in_a_purpose(nurse, child, mother, unit, text):
    with pytest.raises(actions.PurposeTellsOfAnswers) as refused:
        give(child, mother, nurse, unit, purpose=text)
    assert refused.value.field == "purpose"
    assert Consent.objects.count() == 0


@pytest.mark.parametrize("days", [-41, 366])
def test_a_consent_begins_within_the_life_and_within_a_year(nurse, child, mother, unit, days):
    with pytest.raises(actions.ImpossibleDay) as refused:
        give(child, mother, nurse, unit, from_on=ON + days * DAY)
    assert refused.value.field == "from_on"


@pytest.mark.parametrize("on", [ON - 40 * DAY, add_months(ON, 12)])
def test_the_first_and_the_last_possible_day_are_taken(nurse, child, mother, unit, on):
    assert give(child, mother, nurse, unit, from_on=on).from_on == on


def test_who_has_no_birth_date_here_is_not_asked_about_it(nurse, unit):
    child = make_person(born_on=None)
    actions.open_relation(person_id=child.pk, unit_id=unit.pk, basis="baton", from_on=LONG_AGO, by=nurse, at=AT)
    assert give(child, make_guardian(child), nurse, unit, from_on=LONG_AGO).from_on == LONG_AGO


def test_an_end_before_the_beginning_is_said_on_that_field(nurse, child, mother, unit):
    with pytest.raises(actions.ImpossibleDay) as refused:
        give(child, mother, nurse, unit, until_on=ON)
    assert refused.value.field == "until_on"


def test_the_same_yes_twice_points_at_the_one_that_stands(nurse, child, mother, unit):
    give(child, mother, nurse, unit, from_on=ON - 3 * DAY)
    with pytest.raises(actions.AlreadyConsented, match=str((ON - 3 * DAY).year)):
        give(child, mother, nurse, unit, from_on=ON + 9 * DAY)
    assert Consent.objects.count() == 1


def test_periods_that_do_not_meet_are_two_consents(nurse, child, mother, unit):
    give(child, mother, nurse, unit, from_on=ON + 20 * DAY)
    give(child, mother, nurse, unit, until_on=ON + 20 * DAY)
    with pytest.raises(actions.AlreadyConsented):
        give(child, mother, nurse, unit, until_on=ON + 21 * DAY)
    assert Consent.objects.count() == 2


def test_what_has_run_out_is_no_hindrance_nor_another_unit_or_matter(nurse, child, mother, unit):
    give(child, mother, nurse, unit, from_on=ON - 9 * DAY, until_on=ON - DAY, at=AT)
    give(child, mother, nurse, unit, from_on=ON - 9 * DAY)
    give(child, mother, nurse, make_unit())
    give(child, mother, nurse, unit, what="form_summary", to_unit_id=None)
    assert Consent.objects.count() == 4


def test_our_own_wording_is_about_one_form_each(nurse, unit):
    grown = make_person(born_on=date(1990, 1, 1))
    actions.open_relation(person_id=grown.pk, unit_id=unit.pk, basis="baton", from_on=LONG_AGO, by=nurse, at=AT)
    said = {"what": "letter_to_gp", "to_unit_id": None, "purpose": "", "wording": "letter"}
    first, second = (give(grown, grown, nurse, unit, **said) for _letter in range(2))
    actions.withdraw_consent(consent=first, by=nurse, at=AT)
    second.refresh_from_db()
    assert second.withdrawn_at is None


def test_a_duplicate_never_revives_what_was_withdrawn(nurse, child, unit):
    mother, father = make_guardian(child, custody="joint"), make_guardian(child, kind="father", custody="joint")
    one = give(child, mother, nurse, unit)
    older = Consent.objects.get(pk=one.pk)
    older.pk, older.key = None, "older-duplicate"
    older.save(force_insert=True)  # as they could be recorded before
    give(child, father, nurse, unit)
    assert stands(child, unit)
    actions.withdraw_consent(consent=one, by=nurse, at=AT)
    assert not stands(child, unit)
    assert Consent.objects.filter(given_by=mother, withdrawn_at=None).count() == 0
    assert AuditEvent.objects.filter(type="access.consent.withdrawn").count() == 2
    with pytest.raises(actions.AlreadyConsented):
        give(child, father, nurse, unit)
    assert not stands(child, unit)
    give(child, mother, nurse, unit)
    assert stands(child, unit)


def test_the_page_says_who_reads_it_and_why_it_was_refused(client, nurse, child, mother, unit):
    with time_machine.travel(AT, tick=False):
        client.force_login(Staff.objects.get(pk=nurse.staff_id))
        url = reverse("access:consents", args=[child.key])
        page = client.get(url)
        assert "Barnehagen leser dette" in page.content.decode()
        giver = next(iter(page.context["page"].giver_ids))
        values = {"what": "agreed_steps", "given_by": giver, "to_unit": unit.key, "from_on": ON.isoformat()}
        answer = client.post(url, values | {"purpose": "EPDS 15 poeng", "once": "one"})
    assert answer.status_code == 422
    assert "purpose" in answer.context["form"].errors


# --- emergency access: why -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reason", ["a" * 30, "haster haster haster haster", "1234 5678 9012 3456 7890", "bb cc bb cc bb cc bb cc"]
)
def test_a_reason_has_words_that_differ(nurse, reason):
    with pytest.raises(actions.ReasonTooShort):
        actions.break_glass(person_id=make_person().pk, reason=reason, by=nurse, at=AT)


def test_what_is_written_in_an_emergency_says_so_in_the_log(nurse, unit, child):
    other = viewer_in(make_unit())
    reason = "Barnet er her med feber og ingen svarer"
    actions.break_glass(person_id=child.pk, reason=reason, by=other, at=AT)
    assert actions.log(type="x.written", by=other, at=AT, person=child.key).basis == "emergency"
    assert actions.log(type="x.written", by=other, at=AT, person=child.key, basis="baton").basis == "baton"
    assert actions.log(type="x.written", by=other, at=AT, person=make_person().key).basis == ""
    assert actions.log(type="x.written", by=nurse, at=AT, person=child.key).basis == ""
    actions.open_relation(
        person_id=child.pk, unit_id=other.unit_id, basis="taken_in", from_on=LONG_AGO, by=other, at=AT
    )
    assert actions.log(type="x.written", by=other, at=AT, person=child.key).basis == ""
