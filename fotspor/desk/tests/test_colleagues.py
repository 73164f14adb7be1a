"""What waits for a protected person is seen by somebody: her own few, else the leader, who sees no name."""

import pytest
from django.urls import reverse

from fotspor.access import actions as access
from fotspor.access.models import AuditEvent, CareRelation
from fotspor.desk.queries import day
from fotspor.desk.queries import unit as led
from fotspor.pathways.tests.world import AT, TODAY, is_the_same, protect
from fotspor.services.models import Absence
from fotspor.worklist.models import Task


def waiting(world, person, unit="centre", **values):
    values = {
        "source": "typed", "ref": f"typed:{person.key}", "title": "Call", "rule": "r", "person": person,
        "unit": world.units[unit], "opens_on": TODAY, "due_on": TODAY, "closes_on": TODAY, "derived_at": AT, **values,
    }  # fmt: skip
    return Task.objects.create(**values)


@pytest.fixture(params=["confidential", "strict"])
def person(world, request):
    """Somebody in the unit's care, protected since, whom nobody in the unit is named for."""
    mother = world.mother(world.nurse, given_name="Hemmelig", family_name="Navnesen")
    protect(mother, request.param)
    CareRelation.objects.filter(person=mother, staff__isnull=False).delete()
    return mother


@pytest.fixture
def task(world, person):
    return waiting(world, person)


def name(world, person, who="nurse"):
    access.open_relation(
        person_id=person.pk, unit_id=world.units["centre"].pk, staff_id=world.staff[who].pk, basis="named",
        from_on=TODAY, by=world.nurse, at=AT,
    )  # fmt: skip


def led_keys(viewer):
    found = led.led(viewer=viewer, at=AT).visible_from(TODAY)
    return set(found.values_list("key", flat=True))


def day_keys(viewer):
    return set(day.mine(viewer=viewer, today=TODAY).values_list("key", flat=True))


# --- the leader's list -----------------------------------------------------------------------------------


def test_what_nobody_sees_stands_nameless_on_the_leaders_list(world, enter, person, task):
    assert task.key not in day_keys(world.nurse) | day_keys(world.colleague)
    html = enter("leader").get(reverse("desk:unit")).content.decode()
    assert person.given_name not in html
    assert person.family_name not in html
    assert person.key not in html
    assert reverse("desk:name_colleagues", args=[task.key]) in html
    assert reverse("worklist:task", args=[task.key]) not in html
    assert person.key not in AuditEvent.objects.get(type="desk.unit.listed").people


def test_list_count_and_badge_agree(world, person):
    waiting(world, person, for_leader=True, ref="x:leader:1")
    found = led.unit(viewer=world.leader, at=AT)
    assert len(found.rows) == found.counts.all == found.shown == 1
    assert len(found.for_me) == led.badge(viewer=world.leader, at=AT) == 1
    assert {row.is_nameless for row in found.rows} == {True}


def test_nobody_else_gets_it(world, enter, task):
    for who in ("chief", "nurse_south", "nurse", "midwife"):
        assert task.key not in led_keys(getattr(world, who))
        assert enter(who).get(reverse("desk:name_colleagues", args=[task.key])).status_code == 404
    assert enter("leader").get(reverse("worklist:task", args=[task.key])).status_code == 404


def test_an_unprotected_persons_task_is_as_before(world, enter):
    mother = world.mother(world.nurse)
    task = waiting(world, mother)
    row = next(r for r in led.unit(viewer=world.leader, at=AT).rows if task.key in r.url)
    assert (row.is_nameless, row.url) == (False, reverse("worklist:task", args=[task.key]))
    assert enter("leader").get(reverse("desk:name_colleagues", args=[task.key])).status_code == 404


def test_with_somebody_named_and_at_work_the_leader_does_not_see_it(world, enter, person, task):
    name(world, person)
    assert task.key in day_keys(world.nurse)
    assert task.key not in led_keys(world.leader)
    assert enter("leader").get(reverse("desk:name_colleagues", args=[task.key])).status_code == 404


def test_when_the_only_one_named_is_away_or_has_left_the_leader_does(world, person, task):
    name(world, person)
    away = Absence.objects.create(
        staff=world.staff["nurse"], substitute=world.staff["colleague"], from_on=TODAY, until_on=TODAY.replace(day=28),
        recorded_at=AT,
    )  # fmt: skip
    assert task.key in led_keys(world.leader)
    away.delete()
    world.staff["nurse"].memberships.update(until_on=TODAY)
    assert task.key in led_keys(world.leader)


def test_a_leaders_own_task_stays_with_her_nameless_also_when_somebody_is_named(world, person):
    name(world, person)
    task = waiting(world, person, for_leader=True, ref="x:leader:1")
    assert [row.is_nameless for row in led.unit(viewer=world.leader, at=AT).for_me] == [True]
    assert led_keys(world.leader) == {task.key}


def test_not_even_nameless_for_ones_own_family(world, person, task):
    is_the_same(person, world.staff["leader"])
    assert led_keys(world.leader) == set()


def test_a_title_that_fills_in_facts_is_said_as_its_kind(world, person):
    waiting(world, person, title="Call about %(what)s", facts={"what": "Noe hemmelig"})
    (row,) = led.unit(viewer=world.leader, at=AT).rows
    assert "hemmelig" not in row.kind
    assert "%(" not in row.kind


def test_a_protected_person_adds_no_questions(world, person, django_assert_max_num_queries):
    for number in range(6):
        waiting(world, person, ref=f"typed:{number}")
    with django_assert_max_num_queries(14):
        led.unit(viewer=world.leader, at=AT)


# --- choosing --------------------------------------------------------------------------------------------


def post(browser, url, *keys, once="a"):
    return browser.post(url, {"staff": keys, "once": once})


def test_the_leader_chooses_and_the_chosen_have_it_on_their_day(world, enter, person, task):
    Task.objects.filter(pk=task.pk).update(staff=world.staff["nurse"])
    url = reverse("desk:name_colleagues", args=[task.key])
    browser = enter("leader")
    html = browser.get(url).content.decode()
    assert html.count("<h1") == 1
    assert person.given_name not in html
    assert person.key not in html
    assert AuditEvent.objects.get(type="desk.colleagues.read").purpose == "leadership"
    assert world.staff["leader"].key not in html
    answer = post(browser, url, world.staff["colleague"].key)
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:unit"))
    assert task.key in day_keys(world.colleague)
    assert task.key not in day_keys(world.nurse) | led_keys(world.leader)
    event = AuditEvent.objects.filter(type="access.relation.opened", person=person.key).latest("id")
    assert (event.purpose, event.staff, event.facts["is_named"]) == ("leadership", world.staff["leader"].key, True)
    assert AuditEvent.objects.filter(type="worklist.task.assigned").count() == 1


def test_two_may_be_chosen_and_not_none_three_or_strangers(world, enter, person, task):
    world.add_staff("third", "centre", "nurse")
    url, browser = reverse("desk:name_colleagues", args=[task.key]), enter("leader")
    keys = [world.staff[who].key for who in ("nurse", "colleague", "third")]
    refused = ([], keys, [world.staff["nurse_south"].key], [world.staff["leader"].key])
    for number, chosen in enumerate(refused):
        assert post(browser, url, *chosen, once=f"no{number}").status_code == 422
    assert not CareRelation.objects.filter(person=person, staff__isnull=False).exists()
    assert post(browser, url, *keys[:2]).status_code == 302
    assert task.key in day_keys(world.nurse) & day_keys(world.colleague)


def test_nobody_follows_up_her_own_family_and_nothing_is_saved(world, enter, person, task):
    is_the_same(person, world.staff["colleague"])
    url = reverse("desk:name_colleagues", args=[task.key])
    answer = post(enter("leader"), url, world.staff["nurse"].key, world.staff["colleague"].key)
    assert answer.status_code == 422
    assert not CareRelation.objects.filter(person=person, staff__isnull=False).exists()


def test_the_unit_that_has_only_the_task_may_name_too(world, enter, person, task):
    CareRelation.objects.filter(person=person).delete()
    url = reverse("desk:name_colleagues", args=[task.key])
    assert post(enter("leader"), url, world.staff["nurse"].key).status_code == 302
    assert task.key in day_keys(world.nurse)


# --- from the person's page ------------------------------------------------------------------------------


def test_one_who_follows_asks_a_colleague_from_the_persons_page(world, enter, person, task):
    name(world, person)
    url, browser = reverse("desk:person_colleagues", args=[person.key]), enter("nurse")
    assert url in browser.get(reverse("desk:person", args=[person.key])).content.decode()
    html = browser.get(url).content.decode()
    assert html.count("<h1") == 1
    assert world.staff["nurse"].name in html
    answer = post(browser, url, world.staff["colleague"].key)
    assert answer["Location"] == reverse("desk:person", args=[person.key])
    assert task.key in day_keys(world.colleague)
    event = AuditEvent.objects.filter(type="access.relation.opened", person=person.key).latest("id")
    assert event.purpose == "care"


def test_from_the_childs_page_too(world, enter):
    journey = world.child()
    protect(journey.child, "confidential")
    page = reverse("desk:child", args=[journey.key])
    url = reverse("desk:person_colleagues", args=[journey.child.key])
    assert url not in enter("colleague").get(page).content.decode()
    name(world, journey.child)
    assert url in enter("nurse").get(page).content.decode()
    assert enter("nurse").get(url).status_code == 200


def test_strangers_those_not_named_and_unprotected_people_are_404(world, enter, person):
    name(world, person)
    url = reverse("desk:person_colleagues", args=[person.key])
    for who in ("colleague", "nurse_south", "midwife", "leader", "chief"):
        assert enter(who).get(url).status_code == 404
        assert post(enter(who), url, world.staff["colleague"].key, once=who).status_code == 404
    plain = world.mother(world.nurse)
    assert enter("nurse").get(reverse("desk:person_colleagues", args=[plain.key])).status_code == 404
    page = enter("nurse").get(reverse("desk:person", args=[plain.key])).content.decode()
    assert reverse("desk:person_colleagues", args=[plain.key]) not in page


# --- emergency access ------------------------------------------------------------------------------------


def test_emergency_access_is_a_place_of_those_who_give_care(enter):
    url = reverse("access:emergencies")
    for who in ("nurse", "midwife", "officer"):
        assert url in enter(who).get(reverse("services:settings")).content.decode()
    assert url not in enter("leader").get(reverse("desk:unit")).content.decode()


def test_a_record_opened_by_emergency_access_says_so_and_until_when(world, enter):
    journey = world.child()
    mother = world.mother(world.nurse)
    pages = (reverse("desk:child", args=[journey.key]), reverse("desk:person", args=[mother.key]))
    assert all("15.00" not in enter("nurse").get(page).content.decode() for page in pages)
    for found in (journey.child, mother):
        access.break_glass(person_id=found.pk, reason="Barnet er her og er sykt nå", by=world.nurse_south, at=AT)
    for page in pages:
        html = enter("nurse_south").get(page).content.decode()
        start = html.index('class="ds-alert" data-color="warning"')
        assert "15.00" in html[start : html.index("</div>", start)]
