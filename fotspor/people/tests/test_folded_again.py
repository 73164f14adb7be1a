"""Keys of search that stand there from before are found as new ones are."""

from importlib import import_module

import pytest
from django.apps import apps

from fotspor.people.models import Person
from fotspor.people.rules import search_key
from fotspor.people.tests.made import make_person

pytestmark = pytest.mark.django_db
fold_again = import_module("fotspor.people.migrations.0005_names_folded_alike").fold_again


def test_keys_from_before_are_made_anew_and_twice_changes_nothing(house):
    person = make_person(house.midwife)
    for old, name in (
        (" maerta sather", "Märta Sather"),
        (" bjorn saether", "Bjørn Sæther"),
        (" kare dal", "Kåre Dal"),
    ):
        Person.objects.filter(pk=person.pk).update(search_name=old)
        for _ in range(2):
            fold_again(apps, None)
            assert Person.objects.get(pk=person.pk).search_name == search_key(name, "")
