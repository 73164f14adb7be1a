"""The scripted families, as the people at work meet them: each is there after the build, and goes on in good order."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from fotspor.access import queries as access
from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.rules import Part, Purpose
from fotspor.instruments.models import Duty, Response
from fotspor.kit.dates import add_working_days
from fotspor.pathways import actions as pathways
from fotspor.pathways.actions.handovers import LivesInArea
from fotspor.pathways.models import Baton, Handover, RegisterRow
from fotspor.pathways.queries.batons import standing_of
from fotspor.pathways.rules.handovers import Standing
from fotspor.people.models import Correction, Guardianship, Journey, Person
from fotspor.people.queries import search
from fotspor.simulation import building, families
from fotspor.simulation.clinic import Clinic
from fotspor.simulation.demo import SIZES, Size
from fotspor.simulation.models import Build
from fotspor.simulation.municipality import load_town
from fotspor.simulation.stories import STORIES
from fotspor.simulation.tests.conftest import AT, SEED
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task

TODAY, LATER = AT.date(), AT + timedelta(days=30)
BESIDE_THE_NEW = ("newborn", "result", "twins", "loss", "stillbirth", "minor", "confidential", "strict", "co_mother")
ONLY_SCRIPTED = Size(
    districts=4,
    in_use_days=240,
    pregnant=0,
    infants=0,
    toddlers=0,
    preschoolers=0,
    staff_per_unit=3,
    has_every_story=True,
)
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """The municipality of the demo with nobody in it but scripted families."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setitem(SIZES, "scripted", ONLY_SCRIPTED)
        patch.setattr(families, "STORIES", [story for story in STORIES if story.name in BESIDE_THE_NEW])
        yield building.build(size="scripted", seed=SEED, at=AT)
        transaction.set_rollback(True)


class World:
    """The municipality at one instant: its families by name, and those at work by name."""

    def __init__(self, at):
        self.at, self.today = at, at.date()
        self.clinic = Clinic(load_town(on=self.today), until=at, today=self.today)
        cast = families.families(seed=SEED, size="scripted", built_on=TODAY, until=self.today)
        self.cast = {family.story.name: family for family in cast if family.story is not None}

    def journeys(self, name) -> list[Journey]:
        return self.clinic.journeys(self.cast[name])

    def journey(self, name) -> Journey:
        return self.journeys(name)[0]

    def nurse(self, name):
        return self.clinic.nurse(self.cast[name])

    def midwife(self, name):
        return self.clinic.midwife(self.cast[name])

    def colleague(self, name, place=1):
        nurse = self.nurse(name)
        return self.clinic.town.crews[(nurse.unit_id, "nurse")][place]

    def leader(self, name):
        return self.clinic.town.crews[(self.nurse(name).unit_id, "unit_leader")][0]

    def sees(self, viewer, person, part=Part.RECORD) -> bool:
        asked = {"purpose": Purpose.CARE, "part": part, "at": self.at}
        one = access.decision_for(viewer=viewer, person_id=person.pk, **asked).allowed
        assert (
            one
            == Person.objects.filter(pk=person.pk, pk__in=access.visible_person_ids(viewer=viewer, **asked)).exists()
        )
        return one

    def tasks(self, viewer, purpose=Purpose.CARE):
        return worklist.tasks(viewer=viewer, purpose=purpose, today=self.today).visible_from(self.today)


@pytest.fixture
def world(made):
    return World(AT)


@pytest.fixture
def later(made):
    """A month on. The test's own transaction takes it back."""
    building.play_forward(made=made, at=LATER)
    return World(LATER)


def handovers(journey) -> list[Standing]:
    return [standing_of(handover) for handover in journey.handovers.order_by("sent_at")]


def guardians(child, on) -> set[str]:
    return {row.guardian.name for row in Guardianship.objects.in_force(on).filter(child=child)}


def parent(child, kind) -> Person:
    return Person.objects.get(wards__child=child, wards__until_on=None, wards__kind=kind)


# --- adoption ----------------------------------------------------------------------------------------------


def test_an_adopted_child_has_new_guardians_name_and_address_and_a_sealed_way(world):
    journey = world.journey("adopted")
    child = journey.child
    assert journey.is_sealed
    assert journey.pregnancy.mother.name == "Taus Older"
    assert child.name == "Ønsket Røsslyng"
    assert guardians(child, TODAY) == {"Lykkelig Røsslyng", "Takknemlig Røsslyng"}
    parents = Person.objects.filter(wards__child=child, wards__until_on=None)
    assert {parent.household for parent in parents} == {child.household}
    assert child.household != journey.pregnancy.mother.household
    assert Correction.objects.filter(person=child, what=Correction.What.ADOPTED).count() == 1
    assert world.sees(world.nurse("adopted"), child)


def test_the_register_knows_of_the_adoption(world):
    child = world.journey("adopted").child
    last = RegisterRow.objects.filter(person=child).order_by("-pk").first()
    assert last.change in ("same", "changed")
    assert guardians(child, TODAY) == {"Lykkelig Røsslyng", "Takknemlig Røsslyng"}
    assert not RegisterRow.objects.filter(change="refused").exists()


# --- handovers ---------------------------------------------------------------------------------------------


def test_a_declined_handover_says_why_and_stands_on_the_senders_list(world):
    journey, midwife = world.journey("handover_declined"), world.midwife("handover_declined")
    assert handovers(journey) == [Standing.DECLINED]
    declined = journey.handovers.get()
    assert "ny adresse" in declined.decline_reason
    assert declined.to_unit.name == "Lerkendal jordmortjeneste"
    assert Baton.objects.get(journey=journey, until_at=None).unit_id == midwife.unit_id
    assert world.tasks(midwife).filter(source=Task.Source.BATON, journey=journey).count() == 1


def test_a_health_centre_cannot_decline_its_own_child_and_has_asked_its_leader(world):
    journey, nurse = world.journey("handover_to_leader"), world.nurse("handover_to_leader")
    assert handovers(journey) == [Standing.WITH_LEADER]
    handover = journey.handovers.get()
    assert "hjemmebesøket" in handover.decline_reason
    leaders = world.tasks(world.leader("handover_to_leader"), Purpose.LEADERSHIP)
    asked = leaders.filter(source=Task.Source.BATON, journey=journey, unit_id=nurse.unit_id)
    assert asked.filter(title__contains="sent to the leader").count() == 1
    with pytest.raises(LivesInArea):
        pathways.decline_handover(handover=handover, reason="Vi har ikke tid.", by=nurse, at=AT)


def test_a_withdrawn_handover_leaves_the_baton_with_the_sender_and_no_task(world):
    journey = world.journey("handover_withdrawn")
    assert handovers(journey) == [Standing.WITHDRAWN]
    assert Baton.objects.get(journey=journey).unit_id == world.midwife("handover_withdrawn").unit_id
    assert not Task.objects.open().filter(source=Task.Source.BATON, journey=journey).exists()


def test_a_newer_handover_took_the_place_of_the_one_to_the_wrong_school(world):
    journey = world.journey("handover_superseded")
    assert handovers(journey) == [Standing.SUPERSEDED, Standing.ACCEPTED]
    first, second = journey.handovers.order_by("sent_at")
    assert first.superseded_at == second.sent_at
    assert first.to_unit.kind == second.to_unit.kind == "school_health"
    assert Baton.objects.get(journey=journey, until_at=None).unit == second.to_unit


# --- forms, families, protection ---------------------------------------------------------------------------


def test_the_other_parents_form_is_in_that_parents_own_record_with_what_it_demands(world):
    journey, nurse = world.journey("other_parents_form"), world.nurse("other_parents_form")
    father = Person.objects.get(given_name="Sliten", family_name="Asal")
    response = Response.objects.get(subject=father)
    assert (response.informant_kind, response.total, response.is_signed) == ("father", 12, True)
    assert response.contact.step == "H-03"
    assert response.contact.outcome == "held"
    duties = dict(Duty.objects.filter(response=response).values_list("step", "outcome"))
    assert duties == {"talk": "talked", "support": "", "letter": ""}
    assert world.tasks(nurse).filter(source=Task.Source.ROUTINE, person=father).count() == 2
    assert world.sees(nurse, father, Part.FORMS)
    assert CareRelation.objects.filter(person=father, unit_id=nurse.unit_id, basis="informant").count() == 1
    assert not Response.objects.filter(subject=journey.child).exists()
    leader = world.tasks(world.leader("other_parents_form"), Purpose.LEADERSHIP)
    assert leader.filter(person=father).exists()


def test_a_nurse_does_not_see_her_own_family_and_her_colleague_does(world):
    journey, herself = world.journey("own_child"), world.colleague("own_child")
    mother = Person.objects.get(given_name="Mild", family_name="Eng")
    father = parent(journey.child, "father")
    for person in (journey.child, mother, father):
        assert not world.sees(herself, person)
    assert world.sees(world.nurse("own_child"), journey.child)
    assert world.sees(world.nurse("own_child"), mother)
    assert world.sees(world.colleague("own_child", 2), journey.child)
    assert not world.tasks(herself).filter(journey=journey).exists()
    assert [hit.person.name for hit in search(viewer=world.nurse("own_child"), text="Munter Eng", at=AT)] == [
        "Munter Eng"
    ]
    assert search(viewer=herself, text="Eng", at=AT) == []
    assert Task.objects.filter(journey=journey, unit_id=herself.unit_id).exists()
    assert AuditEvent.objects.filter(type="services.staff.changed").count() == 1


def test_parents_who_live_apart_have_each_their_address_and_the_child_the_mothers(world):
    child = world.journey("living_apart").child
    mother, father = (parent(child, kind) for kind in ("mother", "father"))
    assert (mother.name, father.name) == ("Delt Tindved", "Annen Alm")
    assert child.household == mother.household != father.household != ""
    assert father.district.name == "Midtbyen"
    assert child.district.name == "Heimdal"
    assert set(child.guardianships.filter(until_on=None).values_list("custody", flat=True)) == {"joint"}
    assert Baton.objects.get(journey__child=child, until_at=None).unit.name == "Heimdal helsestasjon"


def test_a_confidential_child_stands_in_lists_for_the_named_nurse_only(world):
    child = world.journey("confidential").child
    assert child.protection == "confidential"
    assert child.household == ""
    assert world.sees(world.nurse("confidential"), child, Part.LISTED)
    assert not world.sees(world.colleague("confidential"), child, Part.LISTED)
    assert not world.sees(world.nurse("confidential"), child, Part.ADDRESS)


def test_a_strictly_confidential_child_opens_for_the_named_nurse_only(world):
    child = world.journey("strict").child
    assert child.protection == "strict"
    assert world.sees(world.nurse("strict"), child)
    assert not world.sees(world.colleague("strict"), child)
    named = CareRelation.objects.in_force(TODAY).filter(person=child, basis="named")
    assert world.nurse("strict").staff_id in named.values_list("staff_id", flat=True)


def test_twins_have_two_ways_and_a_lost_pregnancy_a_closed_one(world):
    one, other = world.journeys("twins")
    assert other.split_from == one
    assert one.child != other.child
    for name in ("loss", "stillbirth"):
        journey = world.journey(name)
        assert (journey.child, journey.close_reason) == (None, "loss")
        assert not world.sees(world.nurse(name), journey.pregnancy.mother)
        assert world.sees(world.midwife(name), journey.pregnancy.mother)


def test_a_pregnant_minors_record_is_her_own(world):
    mother = world.journey("minor").pregnancy.mother
    assert (TODAY - mother.born_on).days < 18 * 365
    assert not Guardianship.objects.filter(child=mother).exists()
    assert world.sees(world.midwife("minor"), mother)


# --- played forward ----------------------------------------------------------------------------------------


def test_a_month_later_nothing_of_it_is_left_lying(later):
    assert handovers(later.journey("handover_declined")) == [Standing.DECLINED]
    assert later.journey("handover_declined").handovers.get().seen_at is not None
    for name in ("handover_to_leader", "newborn"):
        assert handovers(later.journey(name)) == [Standing.ACCEPTED]
        assert Baton.objects.get(journey=later.journey(name), until_at=None).unit_id == later.nurse(name).unit_id
    for name in ("handover_declined", "handover_to_leader", "handover_withdrawn", "handover_superseded"):
        assert not Task.objects.open().filter(source=Task.Source.BATON, journey=later.journey(name)).exists()
    assert not Duty.objects.open().exclude(step="safety").filter(due_on__lt=LATER.date()).exists()
    assert not Handover.objects.filter(sent_at__gt=LATER).exists()


def test_a_month_later_the_families_are_who_they_were(later):
    adopted = later.journey("adopted")
    assert adopted.is_sealed
    assert guardians(adopted.child, LATER.date()) == {"Lykkelig Røsslyng", "Takknemlig Røsslyng"}
    assert not later.sees(later.colleague("own_child"), later.journey("own_child").child)
    assert later.sees(later.nurse("own_child"), later.journey("own_child").child)
    apart = later.journey("living_apart").child
    assert apart.district.name == "Heimdal"
    assert parent(apart, "father").district.name == "Midtbyen"
    assert Person.objects.filter(family_name="Asal", given_name="Sliten").count() == 1
    assert not RegisterRow.objects.filter(change="refused").exists()
    assert list(pathways.rebuild(check=True, at=LATER)) == []


def test_a_municipality_from_before_they_were_thought_up_goes_on_without_them(made, monkeypatch):
    monkeypatch.setattr(building, "find_by_number", lambda number: None)
    cast = building._cast(made, LATER.date())
    assert cast
    assert {family.story.name for family in cast if family.story} == set(BESIDE_THE_NEW)
    unfinished = Build(size=made.size, seed=made.seed, built_on=made.built_on)
    assert "adopted" in {family.story.name for family in building._cast(unfinished, TODAY) if family.story}


def test_to_play_the_same_day_again_changes_nothing(made):
    tables = (Person, Journey, Handover, Response, Duty, Task, Guardianship, CareRelation, AuditEvent)
    before = [table.objects.count() for table in tables]
    building.play_forward(made=made, at=AT)
    assert [table.objects.count() for table in tables] == before


def test_the_child_without_a_name_is_born_before_the_build_whatever_day_that_is():
    (story,) = (each for each in STORIES if each.name == "unnamed")
    for number in range(366):
        built_on = date(2026, 1, 1) + timedelta(days=number)
        born_on = built_on + timedelta(days=story.due_in)
        assert add_working_days(born_on + timedelta(days=1), 0) < built_on, built_on
