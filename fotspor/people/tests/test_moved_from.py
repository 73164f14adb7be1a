"""Where a child came from before it lived here: asked, shown, changed, and never kept of a protected one."""

import pytest
from django.urls import reverse

from fotspor.people import actions, labels
from fotspor.people.models import Person
from fotspor.people.tests.made import AT, DUE
from fotspor.people.tests.test_views import ADULT, _now, as_midwife  # noqa: F401


def test_where_a_child_came_from_is_kept_and_changed_but_not_of_a_protected_one(house):
    values = {"given_name": "Blid", "family_name": "Osp", "born_on": DUE, "sex": "female", "moved_from": "Bygda"}
    child = actions.register_child(by=house.nurse, at=AT, **values).child
    assert child.moved_from == "Bygda"
    actions.change_person(person=child, version=child.version, moved_from="9998", by=house.nurse, at=AT)
    assert Person.objects.get(pk=child.pk).moved_from == "9998"
    child = Person.objects.get(pk=child.pk)
    actions.change_person(person=child, version=child.version, protection="confidential", by=house.nurse, at=AT)
    assert Person.objects.get(pk=child.pk).moved_from == ""


@pytest.mark.parametrize(("said", "shown"), [("", ""), ("Bygda", "Bygda"), ("9998", "kommune 9998")])
def test_a_municipality_is_called_by_its_name_or_number(said, shown):
    assert labels.municipality(said) == shown


def test_where_a_child_moved_from_is_asked_shown_and_kept_when_refused(as_midwife):  # noqa: F811
    child = {**ADULT, "born_on": "2024-05-06", "moved_from": "Bygda"}
    bad = as_midwife.post(reverse("people:person_new"), {**child, "moved_from": "12"})
    assert bad.status_code == 422
    assert 'value="12"' in bad.content.decode()
    graded = as_midwife.post(reverse("people:person_new"), {**child, "protection": "confidential"})
    assert graded.status_code == 422
    done = as_midwife.post(reverse("people:person_new"), child)
    assert done.status_code == 302
    assert "Bygda" in as_midwife.get(done.url).content.decode()
    assert 'name="moved_from"' not in as_midwife.get(f"{reverse('people:person_new')}?kind=adult").content.decode()
