"""One made-up mother for each participant of a study."""

import pytest

from fotspor.people.models import Person
from fotspor.simulation.people import mother_for_study_id

pytestmark = pytest.mark.django_db


def test_one_made_up_mother_for_each_study_id():
    one, other = mother_for_study_id("pdeps:1"), mother_for_study_id("pdeps:2")
    assert one != other
    assert mother_for_study_id("pdeps:1") == one
    assert Person.objects.count() == 2
    assert one.identity_kind == "tnr"


def test_two_ids_that_fall_on_one_birthday_are_two_mothers(monkeypatch):
    from fotspor.simulation import people

    class Same(people.Random):
        def __init__(self, _seed):
            super().__init__(1)

    monkeypatch.setattr(people, "Random", Same)
    one, other = mother_for_study_id("a"), mother_for_study_id("b")
    assert one.born_on == other.born_on
    assert one.identity_number != other.identity_number
    assert mother_for_study_id("b") == other
