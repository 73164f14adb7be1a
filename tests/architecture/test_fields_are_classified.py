"""Every field of every table says what kind of data it holds and how long it is kept."""

import pytest
from django.apps import apps

from fotspor.kit.models import Holds

MODELS = [m for m in apps.get_models() if m.__module__.startswith("fotspor.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_every_field_is_classified_once(model):
    holds = getattr(model, "holds", None)
    assert isinstance(holds, Holds), f"{model._meta.label} needs `holds = Holds(...)`"
    fields = {f.name for f in model._meta.get_fields() if getattr(f, "concrete", False) and not f.many_to_many}
    named = holds.all()
    assert sorted(named) == sorted(set(named)), "a field is classified twice"
    assert fields - set(named) == set(), "fields without a class"
    assert set(named) - fields == set(), "classes without a field"


def test_there_are_tables_to_look_at():
    assert len(MODELS) > 20
