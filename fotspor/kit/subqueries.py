"""A query inside others, compiled once: the text of a set form depends on its arguments alone, and is asked often."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

KEPT = 2048  # a viewer asks for some ten sets in a request; some kilobytes each
NOBODY = "SELECT 0 WHERE 1 = 0"


def compiled_once(build: Callable[..., QuerySet]) -> Callable[..., RawSQL]:
    """The query that `build` makes of its arguments, as an expression for `__in=`.

    Only the text is kept, never an answer: `build` may ask the database nothing, and its arguments must be hashable.
    """

    @lru_cache(maxsize=KEPT)
    def text(vendor: str, arguments: tuple[tuple[str, Any], ...]) -> tuple[str, tuple]:
        try:
            sql, parameters = build(**dict(arguments)).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        except EmptyResultSet:
            return NOBODY, ()
        return sql, tuple(parameters)

    @wraps(build)
    def expression(**arguments: Any) -> RawSQL:
        sql, parameters = text(connections[DEFAULT_DB_ALIAS].vendor, tuple(sorted(arguments.items())))
        return RawSQL(sql, parameters)  # noqa: S611 (Django's own text, with its parameters apart)

    return expression
