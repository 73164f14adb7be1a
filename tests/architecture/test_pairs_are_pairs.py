"""Every `…_at` has its `…_by`, and a constraint keeps them both set or both empty."""

from django.apps import apps

# Written by the machine, never by a person: no `_by` is possible.
ALONE = {
    "kit.Submission.received_at",
    "worklist.Task.derived_at",
    "kit.Run.began_at",
    "kit.Run.ended_at",
    "kit.Draft.kept_at",
}
MODELS = [m for m in apps.get_models() if m.__module__.startswith("fotspor.")]


def instants():
    for model in MODELS:
        names = {f.name for f in model._meta.concrete_fields}
        for field in model._meta.concrete_fields:
            if field.name.endswith("_at"):
                yield model, field, names


def test_every_instant_says_by_whom():
    strays = [
        f"{model._meta.label}.{field.name}"
        for model, field, names in instants()
        if field.name.removesuffix("_at") + "_by" not in names and f"{model._meta.label}.{field.name}" not in ALONE
    ]
    assert strays == []


def test_every_optional_pair_has_a_constraint_or_is_filled_by_the_system():
    # A nullable `_by` may be empty where the system itself acts; then the instant alone is the mark.
    loose = [
        f"{model._meta.label}.{field.name}"
        for model, field, names in instants()
        if field.null
        and field.name.removesuffix("_at") + "_by" in names
        and not any(field.name in str(c.condition) for c in model._meta.constraints if hasattr(c, "condition"))
        and f"{model._meta.label}.{field.name}" not in BY_SYSTEM
    ]
    assert loose == []


BY_SYSTEM = {
    "access.CareRelation.ended_at",
    "people.Journey.closed_at",
    "instruments.Response.signed_at",
    "pathways.Baton.confirmed_at",
}
