"""A place in a kindergarten: one at a time, ended and changed, seen by the kindergarten, and offered when booking."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.queries import NotVisible
from fotspor.desk.queries.kindergarten import enrolled
from fotspor.pathways import actions
from fotspor.pathways.actions.contacts import NotAllowed
from fotspor.pathways.queries import kindergartens as queries
from fotspor.pathways.rules.kindergartens import Period, PlaceFault, place_fault
from fotspor.pathways.tests.world import AT, TODAY, is_the_same, noon, protect

BORN = TODAY - timedelta(days=730)
TOMORROW = TODAY + timedelta(days=1)
NEXT_MONTH = TODAY + timedelta(days=30)


@pytest.fixture
def two(world):
    """Another kindergarten, in the south."""
    world.add_unit("other", "kindergarten", "education", world.south)
    world.add_staff("other_educator", "other", "kindergarten")
    return world


@pytest.fixture
def journey(two):
    return two.child(born_on=BORN)


def enrol(world, journey, unit="kindergarten", from_on=TODAY, by="nurse", **more):
    return actions.enrol_in_kindergarten(
        journey=journey, unit=world.units[unit], from_on=from_on, by=getattr(world, by), at=AT, **more
    )


def names(world, who):
    return [child.name for child in enrolled(viewer=getattr(world, who), at=AT)]


def events(what):
    return list(AuditEvent.objects.filter(type=f"pathways.kindergarten.{what}"))


# --- the rule --------------------------------------------------------------------------------------------


def fault(from_on, until_on=None, others=(), open_from=date(2020, 1, 1), open_until=None, unit=1):
    return place_fault(
        Period(unit, from_on, until_on), born_on=date(2024, 3, 1), others=others, open_from=open_from,
        open_until=open_until, today=date(2026, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wished", "expected"),
    [
        ((date(2024, 3, 1),), None),
        ((date(2024, 2, 29),), PlaceFault.BEFORE_BIRTH),
        ((date(2031, 8, 1),), None),
        ((date(2032, 1, 1),), PlaceFault.AFTER_SCHOOL),
        ((date(2026, 2, 1), date(2026, 2, 1)), PlaceFault.BACKWARDS),
        ((date(2026, 2, 1), date(2026, 2, 2)), None),
    ],
)
def test_a_place_begins_after_birth_and_before_school(wished, expected):
    assert fault(*wished) == expected


def test_the_kindergarten_must_be_open_when_the_place_begins_or_today():
    assert fault(date(2025, 8, 1), open_from=date(2025, 12, 1)) is None  # set up here after the child began
    assert fault(date(2026, 2, 1), open_from=date(2026, 3, 1)) == PlaceFault.CLOSED
    assert fault(date(2026, 2, 1), open_until=date(2026, 2, 1)) == PlaceFault.CLOSED
    assert fault(date(2026, 2, 1), open_until=date(2026, 2, 2)) is None


def test_places_do_not_overlap_and_may_meet():
    elsewhere = Period(2, date(2026, 1, 1), date(2026, 6, 1))
    assert fault(date(2026, 6, 1), others=[elsewhere]) is None
    assert fault(date(2026, 5, 31), others=[elsewhere]) == PlaceFault.ELSEWHERE
    assert fault(date(2026, 5, 31), others=[elsewhere], unit=2) == PlaceFault.THERE_ALREADY
    assert fault(date(2025, 1, 1), date(2026, 1, 1), others=[elsewhere]) is None
    assert fault(date(2025, 1, 1), others=[elsewhere]) == PlaceFault.ELSEWHERE
    assert fault(date(2025, 1, 1), others=[Period(2, date(2026, 1, 1), date(2026, 1, 1))]) is None


# --- enrolling -------------------------------------------------------------------------------------------


def test_the_kindergarten_sees_the_child_from_the_day_it_is_enrolled(two, journey):
    assert names(two, "educator") == []
    place = enrol(two, journey)
    assert (place.basis, place.from_on, place.until_on, place.staff_id) == ("enrolled", TODAY, None, None)
    assert names(two, "educator") == ["Barn1 Prøvesen"]
    assert names(two, "other_educator") == []
    (event,) = events("enrolled")
    assert (event.person, event.staff, event.object) == (
        journey.child.key, two.staff["nurse"].key, f"access.relation:{place.key}"
    )  # fmt: skip
    assert event.facts == {
        "unit": two.units["kindergarten"].key, "from_on": TODAY.isoformat(), "until_on": None
    }  # fmt: skip


def test_a_place_that_begins_later_shows_nobody_before(two, journey):
    enrol(two, journey, from_on=TOMORROW)
    assert names(two, "educator") == []


@pytest.mark.parametrize(
    ("unit", "from_on", "fault"),
    [
        ("kindergarten", BORN - timedelta(days=1), PlaceFault.BEFORE_BIRTH),
        ("centre", TODAY, None),
    ],
)
def test_what_is_no_place_is_refused_and_stores_nothing(two, journey, unit, from_on, fault):
    with pytest.raises(actions.CannotEnrol) as refused:
        enrol(two, journey, unit, from_on)
    assert refused.value.fault == fault
    assert not CareRelation.objects.filter(basis="enrolled").exists()
    assert events("enrolled") == []


def test_an_unborn_child_has_no_place(two):
    with pytest.raises(actions.CannotEnrol):
        enrol(two, two.pregnancy(), by="midwife")


def test_a_closed_journey_gets_no_place(two, journey):
    actions.close_by_mistake(journey=journey, reason="Feil barn valgt", by=two.nurse, at=AT)
    with pytest.raises(actions.CannotEnrol):
        enrol(two, journey)


def test_only_those_who_record_contacts_and_see_the_child_enrol_it(two, journey):
    for who in ("educator", "leader", "officer"):
        with pytest.raises(NotAllowed):
            enrol(two, journey, by=who)
    with pytest.raises(NotVisible):
        enrol(two, journey, by="nurse_south")
    is_the_same(journey.child, two.staff["nurse"])
    with pytest.raises(NotVisible):
        enrol(two, journey)
    assert not CareRelation.objects.filter(basis="enrolled").exists()


def test_a_protected_child_is_not_shown_to_the_whole_kindergarten(two, journey):
    enrol(two, journey)
    protect(journey.child, "strict")
    assert names(two, "educator") == []


def test_two_places_at_once_are_refused(two, journey):
    enrol(two, journey)
    with pytest.raises(actions.CannotEnrol) as refused:
        enrol(two, journey, "other", NEXT_MONTH)
    assert refused.value.fault == PlaceFault.ELSEWHERE
    with pytest.raises(actions.CannotEnrol) as refused:
        enrol(two, journey, until_on=NEXT_MONTH)
    assert refused.value.fault == PlaceFault.THERE_ALREADY
    assert CareRelation.objects.filter(basis="enrolled").count() == 1


# --- ending and changing ---------------------------------------------------------------------------------


def end(world, journey, until_on=TODAY, unit="kindergarten", by="nurse"):
    return actions.end_kindergarten(
        journey=journey, unit=world.units[unit], until_on=until_on, by=getattr(world, by), at=AT
    )


def test_an_ended_place_hides_the_child_and_is_kept(two, journey):
    place = enrol(two, journey, from_on=TODAY - timedelta(days=100))
    end(two, journey)
    assert names(two, "educator") == []
    place.refresh_from_db()
    assert (place.until_on, place.ended_by_id) == (TODAY, two.nurse.staff_id)
    (event,) = events("ended")
    assert event.facts == {"unit": two.units["kindergarten"].key, "until_on": TODAY.isoformat()}
    enrol(two, journey, "other")
    assert names(two, "other_educator") == ["Barn1 Prøvesen"]


def test_a_place_that_was_never_taken_leaves_no_period(two, journey):
    enrol(two, journey, from_on=NEXT_MONTH)
    end(two, journey, NEXT_MONTH)
    assert queries.places_of(viewer=two.nurse, journey=journey, at=AT) == []
    enrol(two, journey, "other")


def test_nothing_is_ended_that_is_not_there(two, journey):
    enrol(two, journey)
    for unit, on in (("other", TODAY), ("kindergarten", TODAY - timedelta(days=1))):
        with pytest.raises(actions.NoPlace):
            end(two, journey, on, unit)
    end(two, journey, TOMORROW)
    with pytest.raises(actions.NoPlace):
        end(two, journey, TOMORROW)
    with pytest.raises(NotAllowed):
        end(two, journey, by="educator")
    with pytest.raises(NotVisible):
        end(two, journey, by="nurse_south")
    assert len(events("ended")) == 1


def change(world, journey, place, unit="other", from_on=NEXT_MONTH):
    return actions.change_kindergarten(
        journey=journey, replaces=place.key, unit=world.units[unit], from_on=from_on, by=world.nurse, at=AT
    )


def test_a_change_ends_the_old_place_from_the_new_day(two, journey):
    old = enrol(two, journey)
    new = change(two, journey, old)
    old.refresh_from_db()
    assert (old.until_on, new.from_on, new.unit) == (NEXT_MONTH, NEXT_MONTH, two.units["other"])
    assert names(two, "educator") == ["Barn1 Prøvesen"]
    assert enrolled(viewer=two.other_educator, at=noon(NEXT_MONTH))[0].key == journey.child.key
    assert enrolled(viewer=two.educator, at=noon(NEXT_MONTH)) == []
    assert (len(events("ended")), len(events("enrolled"))) == (1, 2)


def test_a_change_that_is_refused_leaves_the_old_place(two, journey):
    old = enrol(two, journey)
    for unit, on in (("kindergarten", NEXT_MONTH), ("centre", NEXT_MONTH), ("other", TODAY - timedelta(days=9))):
        with pytest.raises(actions.CannotEnrol):
            change(two, journey, old, unit, on)
    old.refresh_from_db()
    assert old.until_on is None
    old.key = "finnes-ikke"
    with pytest.raises(actions.NoPlace):
        change(two, journey, old)


# --- asking ----------------------------------------------------------------------------------------------


def test_which_kindergarten_that_day_and_nothing_for_strangers(two, journey):
    old = enrol(two, journey)
    new = change(two, journey, old)

    def there(on, who="nurse"):
        return queries.kindergarten_of(viewer=getattr(two, who), journey=journey, on=on, at=AT)

    assert there(TODAY) == old
    assert there(NEXT_MONTH) == new
    assert there(TODAY - timedelta(days=1)) is None
    for stranger in ("nurse_south", "educator", "leader"):
        assert there(TODAY, stranger) is None
    assert queries.places_of(viewer=two.midwife, journey=two.pregnancy(), at=AT) == []


def test_kindergartens_of_the_own_district_come_first_and_closed_ones_never(two):
    def choices(district, on=TODAY):
        return [name for _key, name in queries.kindergarten_choices(district_id=district and district.pk, on=on)]

    assert choices(two.south) == ["kindergarten Sør", "kindergarten Nord"]
    assert choices(two.north) == choices(None) == ["kindergarten Nord", "kindergarten Sør"]
    two.units["other"].until_on = TODAY
    two.units["other"].save()
    assert choices(two.south) == ["kindergarten Nord"]


# --- the page --------------------------------------------------------------------------------------------

PAGE = "pathways:kindergarten"
QUERIES = 19  # five of them note who else has the form open


def text(response):
    return response.content.decode()


def test_the_page_opens_for_those_who_record_and_for_nobody_else(browser, two, journey):
    page = browser.enter("nurse").get(PAGE, journey.key)
    assert page.status_code == 200
    assert text(page).count("<h1") == 1
    assert reverse(PAGE, args=[journey.key]) in text(browser.get("desk:child", journey.key))
    enrol(two, journey)
    for stranger in ("nurse_south", "leader", "educator", "officer", "chief"):
        assert browser.enter(stranger).get(PAGE, journey.key).status_code == 404
        assert browser.post(PAGE, journey.key, kindergarten=two.units["other"].key).status_code == 404
    unborn = two.pregnancy()
    assert browser.enter("midwife").get(PAGE, unborn.key).status_code == 404
    assert reverse(PAGE, args=[unborn.key]) not in text(browser.get("desk:child", unborn.key))


def test_the_page_asks_no_more_with_more_places(browser, two, journey, django_assert_max_num_queries):
    browser.enter("nurse").get(PAGE, journey.key)
    for month in range(3):
        from_on = BORN + timedelta(days=400 + 60 * month)
        enrol(two, journey, from_on=from_on, until_on=from_on + timedelta(days=60))
    enrol(two, journey)
    with django_assert_max_num_queries(QUERIES):
        browser.get(PAGE, journey.key)


def wish(world, unit="kindergarten", from_on=TODAY, **more):
    return {"kindergarten": world.units[unit].key, "from_on": from_on.isoformat(), "until_on": ""} | more


def test_enrolling_changing_and_ending_on_the_page(browser, two, journey):
    done = browser.enter("nurse").post(PAGE, journey.key, **wish(two))
    assert (done.status_code, done.url) == (302, reverse(PAGE, args=[journey.key]))
    shown = text(browser.get(PAGE, journey.key))
    place = CareRelation.objects.get(basis="enrolled")
    assert "kindergarten Nord" in shown
    assert f'name="replaces" value="{place.key}"' in shown
    assert journey.child.given_name in text(browser.enter("educator").get("desk:kindergarten"))
    browser.enter("nurse").post(PAGE, journey.key, **wish(two, "other", TOMORROW, replaces=place.key))
    place.refresh_from_db()
    assert place.until_on == TOMORROW
    ending = {"step": "end", "end-place": two.units["other"].key, "end-until_on": NEXT_MONTH.isoformat()}
    assert browser.post(PAGE, journey.key, **ending).status_code == 302
    assert CareRelation.objects.get(unit=two.units["other"], basis="enrolled").until_on == NEXT_MONTH


@pytest.mark.parametrize("values", [{"from_on": "2020-01-01"}, {"from_on": "i går"}, {"kindergarten": "finnes-ikke"}])
def test_a_refused_place_keeps_what_was_typed(browser, two, journey, values):
    refused = browser.enter("nurse").post(PAGE, journey.key, **wish(two) | {"until_on": "2027-06-30"} | values)
    assert refused.status_code == 422
    assert 'value="2027-06-30"' in text(refused)
    assert "data-errors" in text(refused)
    assert not CareRelation.objects.filter(basis="enrolled").exists()


def test_a_refused_end_keeps_what_was_typed(browser, two, journey):
    ending = {"step": "end", "end-place": two.units["kindergarten"].key, "end-until_on": "2026-01-01"}
    assert browser.enter("nurse").post(PAGE, journey.key, **ending).status_code == 422  # nothing to end
    enrol(two, journey)
    refused = browser.post(PAGE, journey.key, **ending)
    assert refused.status_code == 422
    assert 'value="2026-01-01"' in text(refused)
    assert CareRelation.objects.get(basis="enrolled").until_on is None


# --- booking there ---------------------------------------------------------------------------------------


def contact_of(journey, in_kindergarten=True):
    from fotspor.pathways.queries.contacts import step_of

    return next(c for c in journey.contacts.order_by("due_on") if step_of(c).may_be_in_kindergarten == in_kindergarten)


def slot(contact, **more):
    day = max(contact.due_on, TOMORROW).isoformat()
    return {"on": day, "time": "10:00", "place": "", "staff": "", "version": contact.version, "confirmed": "on"} | more


def test_a_contact_that_may_be_held_there_is_booked_in_the_childs_kindergarten(browser, two, journey):
    contact = contact_of(journey)
    browser.enter("nurse")
    assert 'name="in_kindergarten"' not in text(browser.get("pathways:contact_book", contact.key))
    enrol(two, journey)
    assert "kindergarten Nord" in text(browser.get("pathways:contact_book", contact.key))
    other = contact_of(journey, in_kindergarten=False)
    assert 'name="in_kindergarten"' not in text(browser.get("pathways:contact_book", other.key))
    done = browser.post("pathways:contact_book", contact.key, **slot(contact, in_kindergarten="on"))
    assert done.status_code == 302
    contact.refresh_from_db()
    assert contact.place == "kindergarten Nord"
    (child,) = enrolled(viewer=two.educator, at=AT)
    assert [invited.on for invited in child.invitations] == [contact.booked_on]
    again = text(browser.get("pathways:contact_book", contact.key))
    assert 'value="kindergarten Nord"' not in again  # the tick says it
    moved = slot(contact, place="Rom 2")
    assert browser.post("pathways:contact_book", contact.key, **moved).status_code == 302
    assert enrolled(viewer=two.educator, at=AT)[0].invitations == []


def test_a_place_typed_beside_the_tick_and_a_day_without_a_place_are_asked_about(browser, two, journey):
    contact = contact_of(journey)
    enrol(two, journey, until_on=TOMORROW)
    browser.enter("nurse")
    refused = browser.post("pathways:contact_book", contact.key, **slot(contact, in_kindergarten="on"))
    assert refused.status_code == 422  # the place has ended by then
    today = TODAY.isoformat()
    refused = browser.post(
        "pathways:contact_book", contact.key, **slot(contact, in_kindergarten="on", place="Rom 7", on=today)
    )
    assert refused.status_code == 422
    assert "Rom 7" in text(refused)
    contact.refresh_from_db()
    assert contact.booked_on is None
