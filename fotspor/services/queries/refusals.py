"""What was it that somebody was told is not there? For the log alone."""

from collections.abc import Iterable
from functools import cache

from django.apps import apps
from django.db.models import CharField, Value

from fotspor.kit.models import KEY_LENGTH, Addressed


@cache
def _addressed() -> tuple[type[Addressed], ...]:
    return tuple(model for model in apps.get_models() if issubclass(model, Addressed))


def record_at(*, keys: Iterable[str]) -> str:
    """Which record has one of these keys, whoever asks? «app.model:key», or nothing. Never shown to anybody."""
    asked = [key for key in keys if len(key) == KEY_LENGTH]
    if not asked:
        return ""
    each = [
        model._default_manager.filter(key__in=asked)
        .order_by()
        .annotate(of=Value(model._meta.label_lower, CharField()))
        .values_list("of", "key")
        for model in _addressed()
    ]
    found = each[0].union(*each[1:], all=True)[:1]
    return next((f"{label}:{key}" for label, key in found), "")
