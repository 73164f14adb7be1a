"""A slice that keeps data on persons or journeys answers facts: born, lost, died, moved, merged, adopted."""

from django.apps import apps
from django.conf import settings


def test_every_slice_with_person_tables_has_a_handler():
    holders = {
        model._meta.app_label
        for model in apps.get_models()
        if model.__module__.startswith("fotspor.")
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model._meta.label in {"people.Person", "people.Journey"}
    } - {"people"}  # the slice that announces them
    assert {name.split(".")[1] for name in settings.FACT_HANDLERS} >= holders
