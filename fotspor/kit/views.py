"""The kit's own pages: the gallery, the choice of language, help, the accessibility statement. No person is in them."""

import errno
import sqlite3
import sys
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.csrf import csrf_failure
from django.views.defaults import server_error
from django.views.i18n import set_language

from fotspor.kit import clock, log_lines
from fotspor.kit import gallery as samples


def gallery(request: HttpRequest) -> HttpResponse:
    if settings.IS_PRODUCTION:
        raise Http404
    return render(request, "kit/gallery.html", samples.everything(clock.today(), clock.now()))


language = set_language


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "kit/accessibility.html", {"active": "accessibility"})


def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "kit/help_page.html", {"active": "help"})


# --- when something goes wrong ---------------------------------------------------------------------------------


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without this browser's own token: out of date, or sent by another site. Nothing was done."""
    log_lines.note(request, "forged form")
    return csrf_failure(request, reason)


NO_ROOM = "53100"  # what PostgreSQL calls it
WAIT_SECONDS = 60


def fault(request: HttpRequest) -> HttpResponse:
    """What is answered when nothing else is. That the database is gone, or the disk full, is said as what it is."""
    errors = list(_causes(sys.exception()))
    if any(map(_is_no_room, errors)):
        return HttpResponse(loader.get_template("507.html").render(), status=507)
    if any(map(_is_no_answer, errors)):
        page = loader.get_template("503.html").render()
        return HttpResponse(page, status=503, headers={"Retry-After": str(WAIT_SECONDS)})
    return server_error(request)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_no_room(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return getattr(error, "sqlstate", None) == NO_ROOM


def _is_no_answer(error: BaseException) -> bool:
    """The database does not answer, or not as a database; never that it refuses what it was told."""
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
