"""What the officer reads: protected people unnamed unless asked for by number, and nobody's eyes run out of names."""

import pytest
import time_machine
from django.urls import reverse

from fotspor.access.actions import break_glass, log_list
from fotspor.access.queries import all_emergencies, waiting_reviews, who_has_looked
from fotspor.pathways.tests.world import AT, TODAY, is_the_same, protect
from fotspor.services.models import Membership
from fotspor.worklist.actions import finish_typed
from fotspor.worklist.models import Task

REASON = "Barnet kom inn akutt i dag og trenger hjelp"


@pytest.fixture
def enter(client, world):
    def signed_in(name):
        client.force_login(world.staff[name])
        return client

    return signed_in


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(AT, tick=False):
        yield


def looks(world, **about):
    return who_has_looked(viewer=world.officer, from_on=TODAY, to_on=TODAY, at=AT, **about)


def listed(world, *people):
    log_list(viewer=world.nurse, type="desk.day.listed", people=[p.key for p in people], at=AT)


# --- the log ---------------------------------------------------------------------------------------------


def test_a_protected_person_has_no_name_in_the_log(world):
    plain, hidden = world.mother(), world.mother()
    protect(hidden, "strict")
    listed(world, plain, hidden)
    found = looks(world)
    (row,) = [row for row in found.rows if row.type == "desk.day.listed"]
    assert (row.people, row.protected, row.others) == ((plain.name,), 1, 0)
    assert hidden.key not in found.shown


def test_asked_for_by_her_number_she_has_one(world, enter):
    hidden = world.mother()
    protect(hidden, "strict")
    is_the_same(hidden, world.staff["colleague"])
    listed(world, hidden)
    browser, page = enter("officer"), f"{reverse('access:who_has_looked')}?person={hidden.key}"
    before = browser.get(page).content.decode()
    assert hidden.name not in before
    assert "Beskyttet person" in before
    browser.post(reverse("access:who_has_looked"), {"number": hidden.identity_number})
    assert hidden.name in browser.get(page).content.decode()


def test_only_the_first_three_names_stand_open(world, enter):
    people = [world.mother() for _ in range(5)]
    listed(world, *people)
    (row,) = [row for row in looks(world).rows if row.type == "desk.day.listed"]
    assert (len(row.first_people), len(row.more_people)) == (3, 2)
    html = enter("officer").get(reverse("access:who_has_looked")).content.decode()
    assert "og 2 til" in html
    assert all(person.name in html for person in people)


def test_the_line_says_in_words_what_was_looked_at(world, enter):
    listed(world, world.mother())
    html = enter("officer").get(reverse("access:who_has_looked")).content.decode()
    assert "Dagens liste" in html
    assert "desk.day.listed" not in html


# --- going through an emergency access -------------------------------------------------------------------


@pytest.fixture
def taken(world):
    mother = world.mother()
    return break_glass(person_id=mother.pk, reason=REASON, by=world.nurse_south, at=AT)


def test_it_stands_on_her_page_and_in_the_rail_until_it_is_gone_through(world, enter, taken):
    browser, page = enter("officer"), reverse("access:emergencies")
    html = browser.get(page).content.decode()
    assert REASON in html
    assert 'fs-count">1' in html
    task = Task.objects.get(source="emergency")
    answer = browser.post(reverse("worklist:task_finish", args=[task.key]))
    assert answer["Location"] == page
    html = browser.get(page).content.decode()
    assert "gått gjennom av Officer Prøve" in html
    assert 'fs-count">' not in html


def test_past_its_seven_days_it_says_so(world, taken):
    Task.objects.filter(source="emergency").update(opens_on="2026-11-01", due_on="2026-11-20", closes_on="2026-11-20")
    (row,) = all_emergencies(viewer=world.officer, at=AT)
    assert (row.review.days_over, row.review.is_open) == (4, True)


def test_the_badge_is_the_number_of_rows_that_wait(world, taken):
    break_glass(person_id=world.mother().pk, reason=REASON, by=world.nurse_south, at=AT)
    finish_typed(task=Task.objects.filter(source="emergency").first(), by=world.officer, at=AT)
    waiting = [row for row in all_emergencies(viewer=world.officer, at=AT) if row.review.is_open]
    assert len(waiting) == waiting_reviews(viewer=world.officer, at=AT) == 1


def test_a_protected_person_is_not_named_there_either(world):
    hidden = world.mother()
    protect(hidden, "strict")
    emergency = break_glass(person_id=hidden.pk, reason=REASON, by=world.nurse_south, at=AT)
    Membership.objects.create(
        staff=world.staff["colleague"], unit=world.units["centre_south"], role="nurse", from_on=TODAY
    )
    (row,) = all_emergencies(viewer=world.officer, at=AT)
    assert row.person_name == "Beskyttet person"
    assert (row.key, row.person_key) == (emergency.key, hidden.key)


@pytest.mark.parametrize("who", ["nurse", "leader", "chief"])
def test_nobody_else_has_the_badge_or_finishes_it(world, enter, taken, who):
    assert waiting_reviews(viewer=getattr(world, who), at=AT) == 0
    task = Task.objects.get(source="emergency")
    assert enter(who).post(reverse("worklist:task_finish", args=[task.key])).status_code == 404
    assert Task.objects.open().filter(source="emergency").exists()


def test_she_is_offered_nobody_to_give_it_to(world, enter, taken):
    task = Task.objects.get(source="emergency")
    html = enter("officer").get(reverse("worklist:task", args=[task.key])).content.decode()
    assert reverse("worklist:task_assign", args=[task.key]) not in html
