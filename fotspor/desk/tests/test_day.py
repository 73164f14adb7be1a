"""The day's page: each task in one class, counts that add up, households in order, and nothing of others."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.desk import labels
from fotspor.desk.queries import day as queries
from fotspor.pathways import actions
from fotspor.pathways.models import Contact
from fotspor.pathways.tests.world import AT, TODAY, noon, protect
from fotspor.worklist.models import Task
from fotspor.worklist.rules import DayClass

DAY = reverse("desk:day")


def page_of(world, who="nurse", **details):
    return queries.day(viewer=getattr(world, who), at=AT, **details)


def a_full_day(world):
    """A baton that waits, a late contact, one booked today, one in its window."""
    world.birth()
    for age in (150, 400):
        journey = world.child(born_on=TODAY - timedelta(days=age), at=noon(TODAY - timedelta(days=100)))
        actions.confirm_baton(journey=journey, by=world.nurse, at=AT)
    today = world.child(born_on=TODAY - timedelta(days=44), at=noon(TODAY - timedelta(days=10)))
    contact = Contact.objects.expected().filter(journey=today, opens_on__lte=TODAY).first()
    actions.book_contact(
        contact=contact, version=contact.version, on=TODAY, time=time(14), place="Rom 4", staff_id=world.nurse.staff_id,
        confirmed=True, by=world.nurse, at=AT,
    )  # fmt: skip


def test_the_counts_of_the_five_add_up_to_all_and_to_the_rows(world):
    a_full_day(world)
    found = page_of(world)
    assert found.counts.all > 3
    assert sum(found.counts[name] for name in DayClass) == found.counts.all
    assert sum(len(house.tasks) for house in found.households) == found.counts.all == len(found.flat)


@pytest.mark.parametrize("chosen", list(DayClass))
def test_each_filter_shows_exactly_its_count(world, chosen):
    a_full_day(world)
    found = page_of(world, chosen=chosen)
    assert found.shown == found.counts[chosen] == sum(len(house.tasks) for house in found.households)
    assert all(row.day_class == chosen for row in found.flat)


def test_the_rail_says_what_the_page_says(world, enter):
    a_full_day(world)
    assert queries.badge(viewer=world.nurse, today=TODAY) == page_of(world).counts.all
    html = enter("nurse").get(DAY).content.decode()
    assert f'<span class="fs-count" data-color="accent">{page_of(world).counts.all}' in html


def test_the_flat_list_has_the_same_order_as_the_tasks(world):
    a_full_day(world)
    found = page_of(world)
    first_of_houses = [house.tasks[0].key for house in found.households]
    flat = [row.key for row in found.flat]
    assert first_of_houses == sorted(first_of_houses, key=flat.index)


def test_a_baton_names_the_child_though_the_unit_has_no_relation_yet(world):
    journey = world.birth()[0]
    found = page_of(world, chosen=DayClass.BATON)
    (row,) = found.flat
    assert journey.pregnancy.mother.name in row.who
    assert row.action_url == reverse("pathways:handover", args=[journey.handovers.get().key])


def test_a_parent_who_lives_elsewhere_stands_alone(world):
    journey = world.child(born_on=TODAY - timedelta(days=150), at=noon(TODAY - timedelta(days=100)))
    father = world.mother(world.nurse, given_name="Far", family_name="Annet", sex="male", street="Langt unna 9")
    for person, of in ((journey.child, journey), (father, None)):
        Task.objects.create(
            source="typed", ref=f"typed:{person.key}", title="Call", rule="r", person=person, journey=of,
            unit=world.units["centre"], opens_on=TODAY, due_on=TODAY, closes_on=TODAY, derived_at=AT,
        )  # fmt: skip
    names = {house.name: house.people for house in page_of(world).households}
    assert "Annet" in names
    assert father.name not in names["Prøvesen"]


def test_a_protected_persons_household_has_no_name(world):
    journey = world.child(born_on=TODAY - timedelta(days=150), at=noon(TODAY - timedelta(days=100)))
    protect(journey.child, "confidential")
    for person in page_of(world, "colleague").people:
        assert person != journey.child.key
    found = page_of(world)
    for house in found.households:
        assert "Prøvesen" not in f"{house.name} {house.people}"


def test_another_unit_sees_nothing_of_it(world):
    a_full_day(world)
    assert page_of(world, "nurse_south").counts.all == 0


def test_an_empty_day_says_when_the_next_window_opens(world, enter):
    world.child(born_on=TODAY - timedelta(days=300), at=AT)
    Task.objects.filter(closes_on__lt=TODAY).update(ended_on=TODAY)
    Task.objects.visible_from(TODAY).update(ended_on=TODAY)
    assert page_of(world).next_on is not None
    assert enter("nurse").get(DAY).status_code == 200


def test_fifty_households_a_page(world):
    person = world.mother(world.nurse)
    Task.objects.bulk_create(
        Task(
            source="baton", ref=f"baton:{n}", title="Confirm", rule="r", unit=world.units["centre"], subject_key="k",
            opens_on=TODAY, due_on=TODAY, closes_on=TODAY, derived_at=AT,
        )
        for n in range(60)
    )  # fmt: skip
    assert person
    found = page_of(world)
    assert (found.pages, len(found.households)) == (2, 50)
    assert len(page_of(world, page=2).households) == 10
    assert page_of(world, page=99).page == 2


def test_the_page_asks_as_many_questions_whatever_its_length(world, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    a_full_day(world)
    with CaptureQueriesContext(connection) as few:
        page_of(world)
    a_full_day(world)
    a_full_day(world)
    with CaptureQueriesContext(connection) as many:
        page_of(world)
    assert len(many) == len(few) <= 12


def test_the_look_is_logged_once(world, enter):
    a_full_day(world)
    browser = enter("nurse")
    browser.get(DAY)
    browser.get(DAY)
    (event,) = AuditEvent.objects.filter(type="desk.day.listed")
    assert event.people
    assert event.purpose == "care"


def test_whoever_is_named_beside_the_list_is_in_the_line_too(world, enter):
    journey = world.birth()[0]  # the midwives have sent it, and nothing waits for them
    page = enter("midwife").get(DAY).content.decode()
    assert journey.child.family_name in page
    event = AuditEvent.objects.filter(type="desk.day.listed", staff=world.midwife.staff_key).get()
    assert journey.child.key in event.people
    a_full_day(world)
    contact = Contact.objects.filter(booked_on=TODAY).get()
    agenda = enter("nurse").get(DAY).context["agenda"]
    assert [one.person for one in agenda] == [contact.journey.child.key]
    event = AuditEvent.objects.filter(type="desk.day.listed", staff=world.nurse.staff_key).get()
    assert contact.journey.child.key in event.people


def test_the_leaders_list_writes_whom_a_baton_is_about(world, enter):
    journey = world.birth()[0]
    page = enter("leader").get(reverse("desk:unit")).content.decode()
    assert journey.child.family_name in page
    event = AuditEvent.objects.filter(type="desk.unit.listed").get()
    assert journey.child.key in event.people


QUERIES = ["", "?vis=flat", "?klasse=over-fristen", "?klasse=tull&side=x", "?hvem=enheten&side=2"]


@pytest.mark.parametrize("query", QUERIES)
def test_every_address_of_the_page_works(world, enter, query):
    a_full_day(world)
    assert enter("nurse").get(DAY + query).status_code == 200


def test_htmx_gets_the_list_alone(world, enter):
    a_full_day(world)
    response = enter("nurse").get(DAY, headers={"HX-Request": "true"})
    html = response.content.decode()
    assert "<html" not in html
    assert "fs-house" in html
    assert "HX-Request" in response["Vary"]


def test_details_are_hidden_when_the_screen_stands_open(world):
    person = world.mother(world.nurse)
    Task.objects.create(
        source="routine", ref="response:x:safety", title="Safety conversation", rule="EPDS", person=person, urgency=0,
        unit=world.units["centre"], subject_key="k" * 16, opens_on=TODAY, due_on=TODAY, closes_on=TODAY, derived_at=AT,
    )  # fmt: skip
    (row,) = page_of(world, hides=True).safety
    assert row.title == str(labels.HIDDEN_TITLES[0])
    assert row.why == ""
    assert page_of(world).safety[0].is_safety


def test_printing_is_logged_and_the_paper_page_opens_only_after_it(world, enter):
    a_full_day(world)
    browser = enter("nurse")
    assert browser.get(reverse("desk:day_paper")).status_code == 302
    opened = browser.get(reverse("desk:day_print"))
    assert (opened.status_code, "bare fra et skjema" in opened.content.decode()) == (405, True)
    response = browser.post(reverse("desk:day_print"))
    assert response["Location"] == reverse("desk:day_paper")
    assert AuditEvent.objects.filter(type="desk.day.printed").count() == 1
    assert browser.get(reverse("desk:day_paper")).status_code == 200


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("educator", "desk:kindergarten"), ("leader", "desk:unit"), ("officer", "access:who_has_looked"),
    ],
)  # fmt: skip
def test_others_are_led_to_their_own_place(world, enter, who, place):
    assert enter(who).get(DAY)["Location"] == reverse(place)


def test_signed_out_is_led_to_sign_in(world, client):
    response = client.get(DAY)
    assert response.status_code == 302
    assert "inn" in response["Location"]


# --- order, households, and what paper says ----------------------------------------------------------------


def booked(world, at, age=44, **details):
    journey = world.child(born_on=TODAY - timedelta(days=age), at=noon(TODAY - timedelta(days=10)), **details)
    contact = Contact.objects.expected().filter(journey=journey, opens_on__lte=TODAY, closes_on__gte=TODAY).first()
    actions.book_contact(
        contact=contact, version=contact.version, on=TODAY, time=at, place="Rom 4", staff_id=world.nurse.staff_id,
        confirmed=True, by=world.nurse, at=AT,
    )  # fmt: skip
    return journey


def test_todays_appointments_stand_by_the_clock_and_one_whose_time_has_come_is_recorded(world):
    booked(world, time(14, 30))
    booked(world, time(9))
    booked(world, time(13))
    rows = page_of(world, chosen=DayClass.TODAY).flat
    assert [(row.clock, row.action) for row in rows] == [("09.00", "Registrer"), ("13.00", "Start"), ("14.30", "Start")]


def test_the_agenda_says_who_how_old_and_where(world):
    journey = booked(world, time(14))
    (row,) = queries.agenda(viewer=world.nurse, at=AT)
    assert (row.title, row.meta) == (f"{journey.child.name}, 6 uker", "Rom 4")


def test_a_baton_that_was_declined_stands_with_her_other_tasks(world):
    journey = world.pregnancy(due_on=TODAY + timedelta(days=20))
    handover = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Avtalt", summary="", by=world.midwife, at=AT
    )
    actions.decline_handover(handover=handover, reason="Vi har ikke plass nå", by=world.nurse_south, at=AT)
    found = page_of(world, "midwife")
    assert len([task for house in found.households for task in house.tasks]) > 1
    assert [house.people for house in found.households] == [f"{journey.subject.name}, gravid, uke 37"]


def test_the_mother_is_called_so(world):
    journey = world.birth()
    mother = journey[0].pregnancy.mother
    Task.objects.create(
        source="typed", ref="typed:x", title="Call", rule="Because", person=mother, journey=journey[0],
        unit=world.units["midwives"], opens_on=TODAY, due_on=TODAY, closes_on=TODAY, derived_at=AT,
    )  # fmt: skip
    assert any(f"{mother.name} (mor)" in house.people for house in page_of(world, "midwife").households)


def test_on_paper_there_are_initials_and_the_clock_first(world, enter):
    journey = booked(world, time(14, 30))
    browser = enter("nurse")
    browser.post(reverse("desk:day_print"))
    html = browser.get(reverse("desk:day_paper")).content.decode()
    main = html.split("<main")[1]
    assert journey.child.name not in main
    assert journey.child.family_name not in main
    assert "B. P." in main
    assert main.index("14.30") < main.index("Konsultasjon ved 6 uker")


@pytest.mark.parametrize(
    ("end", "word"), [("safety", "Samtale"), ("support", "Samtale"), ("letter", "Brev"), ("sign", "Signer")]
)
def test_on_paper_a_result_is_one_neutral_word(world, end, word):
    mother = world.mother(by=world.nurse)
    Task.objects.create(
        source="routine", ref=f"duty:x:{end}", subject_key="x", title="A sum of 14 asks for this", rule="Because",
        person=mother, unit=world.units["centre"], opens_on=TODAY, due_on=TODAY, closes_on=TODAY, derived_at=AT,
    )  # fmt: skip
    (house,) = queries.printed(page_of(world)).households
    assert [(row.title, row.who, row.why) for row in house.tasks] == [(word, "M. P.", "")]


def test_somebody_new_is_told_where_to_begin_and_somebody_else_is_not(world, enter):
    html = enter("nurse").get(DAY).content.decode()
    assert "Velkommen, Nurse" in html
    for name in ("desk:search", "pathways:batons", "kit:help"):
        assert reverse(name) in html
    Task.objects.create(
        source="typed", ref="typed:y", title="Call", rule="Because", unit=world.units["centre"], opens_on=TODAY,
        due_on=TODAY, closes_on=TODAY, derived_at=AT, done_on=TODAY, done_by=world.staff["nurse"],
    )  # fmt: skip
    assert "Velkommen" not in enter("nurse").get(DAY).content.decode()
