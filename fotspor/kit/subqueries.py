"""A query written down once: its text depends on its arguments alone, and is asked often.

Only the text is kept, never an answer. Whoever builds the query may ask the database nothing, and the arguments must
be hashable. Those named as placed are compared with columns and used for nothing else, so that one text serves them
all: numbers, texts and instants.
"""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any
from zlib import crc32

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

KEPT = 2048  # a viewer asks for some ten sets in a request; some kilobytes each
FETCHES = 256  # a viewer has some ten lists and pages; each keeps its query too
NOBODY = "SELECT 0 WHERE 1 = 0"

Arguments = tuple[tuple[str, Any], ...]


def compiled_once(*placed: str) -> Callable[[Callable[..., QuerySet]], Callable[..., RawSQL]]:
    """The query that a function makes of its arguments, as an expression for `__in=`."""

    def decorate(build: Callable[..., QuerySet]) -> Callable[..., RawSQL]:
        @lru_cache(maxsize=KEPT)
        def written(_vendor: str, arguments: Arguments) -> tuple[str, tuple]:
            try:
                return build(**dict(arguments)).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            except EmptyResultSet:
                return NOBODY, ()

        @wraps(build)
        def expression(**arguments: Any) -> RawSQL:
            standing, values = _standing(placed, arguments)
            sql, parameters = written(connections[DEFAULT_DB_ALIAS].vendor, standing)
            return RawSQL(sql, _filled(parameters, values))  # noqa: S611 (Django's own text, its parameters apart)

        expression.forget = written.cache_clear
        return expression

    return decorate


def fetched_once(*placed: str) -> Callable[[Callable[..., QuerySet]], Callable[..., list]]:
    """The rows of the query that a function makes of its arguments, asked for each time.

    Fifty rows with what stands around them take Django longer to write down than the database to answer. What the
    query prefetches is asked for as usual.
    """

    def decorate(build: Callable[..., QuerySet]) -> Callable[..., list]:
        @lru_cache(maxsize=FETCHES)
        def written(_vendor: str, arguments: Arguments) -> tuple[QuerySet, SQLCompiler, str, tuple] | None:
            found = build(**dict(arguments))
            compiler = found.query.get_compiler(DEFAULT_DB_ALIAS)
            try:
                return found, compiler, *compiler.as_sql()
            except EmptyResultSet:
                return None

        @wraps(build)
        def rows(**arguments: Any) -> list:
            standing, values = _standing(placed, arguments)
            kept = written(connections[DEFAULT_DB_ALIAS].vendor, standing)
            if kept is None:
                return []
            found, compiler, sql, parameters = kept
            text = sql, _filled(parameters, values)
            again = found.all()
            again.query.get_compiler = lambda using, **_options: _ready(compiler, text, using)
            return list(again)

        rows.forget = written.cache_clear
        return rows

    return decorate


def _standing(placed: tuple[str, ...], arguments: dict[str, Any]) -> tuple[Arguments, dict[Any, Any]]:
    """The arguments with something else in the places to fill, and what is to be put there, as the database has it."""
    fill = {name: _stand_in(name, arguments[name]) for name in placed}
    values = {_adapted(fill[name]): _adapted(arguments[name]) for name in placed}
    return tuple(sorted((arguments | fill).items())), values


def _stand_in(name: str, value: Any) -> Any:
    """What no row and no other argument holds, of the same kind; another for each name."""
    number = crc32(name.encode())
    if type(value) is int:
        return -(1 << 62) + number
    if type(value) is str:
        return f"\ue000{name}\ue000"
    if type(value) is datetime:
        return datetime(1000, 1, 1, tzinfo=UTC) + timedelta(seconds=number % 1_000_000_000)
    raise TypeError(f"{name} is a {type(value).__name__}, which cannot be put in its place afterwards")


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value)
    return value


def _filled(parameters: tuple | list, values: dict[Any, Any]) -> tuple:
    return tuple(values.get(each, each) for each in parameters)


def _ready(compiler: SQLCompiler, text: tuple, using: str) -> SQLCompiler:
    """A compiler that has done its work, for the connection of this thread."""
    ready = copy(compiler)
    ready.connection, ready.as_sql = connections[using], lambda *_arguments, **_options: text
    return ready
