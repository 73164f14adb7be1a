"""What goes wrong is told by kind and place, never in its own words: the text of an error, an address and a statement
to the database can all hold a person's name.

`keep_persons_out` is put in force when the system starts. It makes every log record, of ours and of every library, so
that no handler, file or mail can hold more. DEFAULT_EXCEPTION_REPORTER names `Report`, for mail to administrators.
"""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb
from types import TracebackType

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import OperationalError
from django.urls import resolve
from django.views.debug import ExceptionReporter

OURS = Path(__file__).resolve().parents[2]
WITH_ADDRESSES = ("django.request", "django.security", "django.server", "gunicorn")
STATEMENTS = "django.db.backends"
# Errors whose words are about the installation, and what an operator must read.
IN_WORDS = (CommandError, ImproperlyConfigured, OperationalError, ImportError, SyntaxError, NameError, OSError)
LEFT_OUT = "Its words are left out, since they may hold a person's name."

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
_plain = logging.getLogRecordFactory()


def told(error: BaseException) -> str:
    """What went wrong, in words that hold no person: those we wrote, those about the installation; else its kind."""
    if type(error).__module__.startswith("fotspor.") or isinstance(error, IN_WORDS):
        return str(getattr(error, "message", error)) or _kind(error)
    return _kind(error)


def places(error: BaseException | None) -> str:
    """Of what kind was it, and where did it happen? What it came of comes first, as in a trace of calls."""
    return "\n".join(_lines(error, set()))


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _lines(error: BaseException | None, seen: set[int]) -> Iterator[str]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    yield from _lines(before, seen)
    yield _kind(error)
    for frame, line in walk_tb(error.__traceback__):
        yield f"  {_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(OURS)) if path.is_relative_to(OURS) else file


def route(address: str) -> str:
    """Which of our addresses is it, without what was typed in it? Never fails: an error may be on its way."""
    try:
        return f"/{resolve(address.partition('?')[0]).route}"
    except Exception:
        return "(no such address)"


def record(name, level, pathname, line, message, args, exc_info, func=None, sinfo=None, **more) -> logging.LogRecord:
    """A log record that holds no person, whoever writes it."""
    made = _plain(name, level, pathname, line, message, args, exc_info, func, sinfo, **more)
    if made.exc_info:
        made.exc_text, made.exc_info = places(made.exc_info[1]), None
    if name == STATEMENTS or name.startswith("django.security."):
        made.msg, made.args = f"{name.rpartition('.')[2]}: left out", ()
    elif isinstance(made.msg, BaseException):
        made.msg = told(made.msg)
    if isinstance(made.args, tuple):
        has_address = name.startswith(WITH_ADDRESSES)
        made.args = tuple(_said(value, has_address) for value in made.args)
    return made


def _said(value: object, has_address: bool) -> object:
    if isinstance(value, BaseException):
        return told(value)
    if has_address and isinstance(value, str) and "/" in value:
        return route(value) if value.startswith("/") else "(left out)"
    return value


def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What is printed when a command fails that nobody caught."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    words = told(error)
    sys.stderr.write(f"{places(error)}\n{words if words != _kind(error) else LEFT_OUT}\n")


class Report(ExceptionReporter):
    """Mail to an administrator: kind and place. Never the form, the address, the session or what any name held."""

    def get_traceback_text(self) -> str:
        return f"{places(self.exc_value)}\n{LEFT_OUT}" if isinstance(self.exc_value, BaseException) else LEFT_OUT

    def get_traceback_html(self) -> str:
        return f"<pre>{self.get_traceback_text()}</pre>"


def keep_persons_out() -> None:
    """From now on in this process. A fault in the logging itself says nothing: it would print what was to be logged."""
    logging.setLogRecordFactory(record)
    logging.raiseExceptions = False
    sys.excepthook = tell
