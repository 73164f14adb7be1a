"""A query written down once: its text depends on its arguments alone, and is asked often.

Only the text is kept, never an answer. Whoever builds the query may ask the database nothing, and the arguments must
be hashable. Those named as placed are compared with columns as they are, so that one text serves them all: numbers,
texts and instants. Whether they are is tried, by writing the query down with two different stand-ins; where they are
not, the query is written down each time.
"""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any
from zlib import crc32

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, QuerySet, Subquery
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.sql.compiler import SQLCompiler

KEPT = 2048  # a viewer asks for some ten sets in a request; some kilobytes each
FETCHES = 256  # a viewer has some ten lists and pages; each keeps its query too
NOBODY = 'SELECT 0 AS "pk" WHERE 1 = 0'

Build = Callable[..., QuerySet]
Text = tuple[str, tuple]


def compiled_once(*placed: str) -> Callable[[Build], Callable[..., RawSQL]]:
    """The query that a function makes of its arguments, as an expression for `__in=`."""

    def decorate(build: Build) -> Callable[..., RawSQL]:
        texts = _Texts(build, placed, KEPT)

        @wraps(build)
        def expression(**arguments: Any) -> RawSQL:
            try:
                _found, _compiler, (sql, parameters) = texts.of(arguments)
            except EmptyResultSet:
                sql, parameters = NOBODY, ()
            return RawSQL(sql, parameters)  # noqa: S611 (Django's own text, with its parameters apart)

        expression.forget = texts.forget
        return expression

    return decorate


def fetched_once(*placed: str) -> Callable[[Build], Callable[..., list]]:
    """The rows of the query that a function makes of its arguments, asked for each time.

    Fifty rows with what stands around them take Django longer to write down than the database to answer. What the
    query prefetches is asked for as usual.
    """

    def decorate(build: Build) -> Callable[..., list]:
        texts = _Texts(build, placed, FETCHES)

        @wraps(build)
        def rows(**arguments: Any) -> list:
            try:
                found, compiler, text = texts.of(arguments)
            except EmptyResultSet:
                return []
            again = found.all()
            again.query.get_compiler = lambda using, **_options: _ready(compiler, text, using)
            return list(again)

        rows.forget = texts.forget
        return rows

    return decorate


class IsAmong(Func):
    """Is the value of a column among the «pk» of a query that stands as text already? Asked of each row by itself."""

    output_field = BooleanField()

    def __init__(self, column: str | Combinable, ids: RawSQL) -> None:
        super().__init__(column)
        self.ids = ids

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_options: Any) -> Text:
        column, given = compiler.compile(self.source_expressions[0])
        found = f'EXISTS (SELECT 1 FROM ({self.ids.sql}) seen WHERE seen."pk" = {column})'  # noqa: S608 (Django's own text)
        return found, (*self.ids.params, *given)


class IsOneOf(Func):
    """Is the value of a column one of those that a query holds? Beside «or», where an index is wanted for both halves.

    PostgreSQL looks a set up in an index when it is an array; of a query it reads every row to compare.
    """

    output_field = BooleanField()

    def __init__(self, column: str | Combinable, found: QuerySet) -> None:
        super().__init__(column, Subquery(found))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_options: Any) -> Text:
        (column, given), (found, sought) = (compiler.compile(each) for each in self.source_expressions)
        form = "{} = ANY(ARRAY{})" if connection.vendor == "postgresql" else "{} IN {}"
        return form.format(column, found), (*given, *sought)


class _Texts:
    """The texts of one query, by the arguments that are not placed."""

    def __init__(self, build: Build, placed: tuple[str, ...], most: int) -> None:
        self._build, self._placed = build, placed
        self._kept = lru_cache(maxsize=most)(self._write)
        self.forget = self._kept.cache_clear

    def of(self, arguments: dict[str, Any]) -> tuple[QuerySet, SQLCompiler, Text]:
        """The query, its compiler and its text with these arguments. Errors: EmptyResultSet when it holds nothing."""
        fill = {name: _stand_in(name, arguments[name]) for name in self._placed}
        kept = self._kept(connections[DEFAULT_DB_ALIAS].vendor, tuple(sorted((arguments | fill).items())))
        if kept is None:
            return _written(self._build, arguments)
        found, compiler, (sql, parameters) = kept
        values = {_adapted(fill[name]): _adapted(arguments[name]) for name in self._placed}
        return found, compiler, (sql, tuple(values.get(each, each) for each in parameters))

    def _write(self, _vendor: str, standing: tuple[tuple[str, Any], ...]) -> tuple[QuerySet, SQLCompiler, Text] | None:
        first = dict(standing)
        other = {name: _stand_in(name, first[name], another=True) for name in self._placed}
        try:
            found, compiler, text = _written(self._build, first)
            _found, _compiler, (sql, parameters) = _written(self._build, first | other)
        except EmptyResultSet:
            return None
        values = {_adapted(first[name]): _adapted(other[name]) for name in self._placed}
        fits = (sql, parameters) == (text[0], tuple(values.get(each, each) for each in text[1]))
        return (found, compiler, text) if fits else None


def _written(build: Build, arguments: dict[str, Any]) -> tuple[QuerySet, SQLCompiler, Text]:
    with connections[DEFAULT_DB_ALIAS].execute_wrapper(_asks_nothing):
        found = build(**arguments)
        compiler = found.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
    return found, compiler, (sql, tuple(parameters))


def _asks_nothing(*_asked: Any) -> None:
    raise AssertionError("A query that is written down once would keep this answer: ask before, and give it along.")


def _stand_in(name: str, value: Any, *, another: bool = False) -> Any:
    """What no row and no other argument holds, of the same kind; another for each name."""
    number = crc32(name.encode()) % 1_000_000 + (1_000_000 if another else 0)
    if type(value) is int:
        return number - 2_147_400_000  # what a column of 32 bits may hold too
    if type(value) is str:
        return f"\ue000{name}{number}\ue000"
    if type(value) is datetime:
        return datetime(1000, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    raise TypeError(f"{name} is a {type(value).__name__}, which cannot be put in its place afterwards")


def _adapted(value: Any) -> Any:
    """As the database's own driver has it."""
    if isinstance(value, datetime):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value)
    return value


def _ready(compiler: SQLCompiler, text: Text, using: str) -> SQLCompiler:
    """A compiler that has done its work, for the connection of this thread."""
    if "get_converters" not in vars(compiler):  # how each column is read is the text's, not the answer's
        converters = compiler.get_converters([column for column, *_rest in compiler.select[: compiler.col_count]])
        compiler.get_converters = lambda _columns: converters
    ready = copy(compiler)
    ready.connection, ready.as_sql = connections[using], lambda *_arguments, **_options: text
    return ready
