"""The pages about people in a browser: accessible at both widths, and a birth of twins without JavaScript."""

import pytest
from django.urls import reverse
from django.utils import timezone

from fotspor.kit import clock
from fotspor.pathways.actions import open_journey
from fotspor.people import actions
from fotspor.people.models import Journey
from fotspor.people.tests.made import make_unit, make_viewer, number_of
from fotspor.services.models import District, Staff


@pytest.fixture
def midwife(db):
    district = District.objects.create(code="000001", name="Nord")
    unit = make_unit("Jordmortjenesten", "midwifery", "pregnancy", district)
    make_viewer(unit, "unit_leader", "lea")
    return make_viewer(unit, "midwife", "mie")


@pytest.fixture
def journey(midwife):
    now, today = clock.now(), clock.today()
    born_on = today.replace(year=today.year - 30, day=1)
    mother = actions.register_person(
        given_name="Ánne-Máret", family_name="Ødegård", born_on=born_on, sex="female", number=number_of(born_on),
        languages=["se", "no"], street="Storgata 1",
        postcode="7000", city="Byen", by=midwife, at=now,
    )  # fmt: skip
    return open_journey(mother=mother, due_on=today, due_source="ultrasound", by=midwife, at=now)


def staff(viewer):
    return Staff.objects.get(pk=viewer.staff_id)


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_pages_about_people_are_accessible(window, sign_in, looks_right, midwife, journey, width):
    mother = journey.subject
    page = sign_in(window.open(width, 900), staff(midwife))
    names = ["person", "person_change", "person_move", "person_death", "birth_correct", "guardian_new", "adoption",
             "merge_choose"]  # fmt: skip
    paths = [reverse(f"people:{name}", args=[mother.key]) for name in names]
    paths += [reverse(f"people:{name}", args=[journey.key]) for name in ("loss", "due_correct")]
    paths += [f"{reverse('people:birth', args=[journey.key])}?children=2"]
    paths += [reverse("people:person_new"), f"{reverse('people:person_new')}?kind=adult", reverse("people:take_in")]
    for path in paths:
        page.goto(path)
        looks_right(page)


def test_a_refused_form_is_accessible_and_leads_to_the_field(page, sign_in, looks_right, midwife, journey):
    sign_in(page, staff(midwife))
    page.goto(f"{reverse('people:person_new')}?kind=adult")
    page.fill("#id_given_name", "Anne-Maret")
    page.fill("#id_family_name", "Odegaard")
    page.fill("#id_born_on", journey.subject.born_on.isoformat())
    page.locator(".fs-form > .fs-actions button").click()
    assert page.locator("#alike").is_visible()
    assert page.locator("#id_given_name").input_value() == "Anne-Maret"
    looks_right(page)
    page.check("#dismissed")
    page.locator(".fs-form > .fs-actions button").click()
    assert page.locator("h1").inner_text() == "Anne-Maret Odegaard"


def test_a_midwife_records_twins_without_javascript(no_js, sign_in, midwife, journey):
    sign_in(no_js, staff(midwife))
    no_js.goto(reverse("people:birth", args=[journey.key]))
    no_js.get_by_role("link", name="2 barn").click()
    no_js.fill("#id_born_on", timezone.localdate().isoformat())
    no_js.check("#id_sex_1_0")
    no_js.check("#id_sex_2_1")
    no_js.locator(".fs-form > .fs-actions button").click()
    assert no_js.locator("h1").inner_text().startswith("jente 1, født")
    assert Journey.objects.exclude(child=None).count() == 2
