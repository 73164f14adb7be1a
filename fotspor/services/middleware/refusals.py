"""Who is turned away: for lack of permission, or for having asked too often. The log says so; they are told as ever."""

import math
import time

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fotspor.access.rules import Permission, Viewer
from fotspor.kit import clock, log_lines
from fotspor.kit.rates import Meter
from fotspor.services import actions, queries

NOT_THERE, TOO_MANY = 404, 429
PAGES = "pages"


def by(request: HttpRequest) -> Viewer:
    """Who asks, also without a post."""
    return request.viewer or queries.themselves(staff=request.user, session_key=request.session.session_key)


class TurnedAway:
    """Writes in the log when somebody signed in is told that there is nothing, where there is something.

    Everybody is answered alike, and the same question is asked of the database whether there is or not.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == NOT_THERE and request.resolver_match and request.user.is_authenticated:
            self._note(request)
        return response

    def _note(self, request: HttpRequest) -> None:
        found = queries.record_at(keys=[str(value) for value in request.resolver_match.kwargs.values()])
        why = "record" if found else "" if self._may_open(request) else "role"
        if why:
            address = request.resolver_match.view_name
            log_lines.note(request, "turned away", why=why)
            actions.note_turned_away(address=address, why=why, record=found, by=by(request), at=clock.now())

    def _may_open(self, request: HttpRequest) -> bool:
        """Is the page for this role at all? Then what was asked for is a mistake in typing."""
        guard = getattr(request.resolver_match.func, "guard", None)
        needed = guard if isinstance(guard, tuple) else (guard,)
        if not isinstance(needed[0], Permission):
            return True
        return request.viewer is not None and any(request.viewer.may(each) for each in needed)


class InTurn:
    """Nobody asks for so much that others must wait, nor for everything in one go: 429 until the window is over."""

    meter = Meter()  # one for each worker
    told = Meter()  # what has been written of it in this window: to be refused costs the database nothing

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        name = request.resolver_match.view_name
        if not request.user.is_authenticated or not settings.RATES or name in settings.NEVER_RATED:
            return None
        if wait := self._too_many_pages(request):
            return self._refuse(request, PAGES, wait=wait)
        kind = settings.RATED.get(name)
        if kind is None or (request.method != "POST" and kind not in settings.RATED_WHEN_OPENED):
            return None
        most, seconds = settings.RATES[kind]
        rate = {kind: f"{most}/{seconds}s/user"}
        if ratelimit.consume(request, app="fotspor", action=kind, config=rate, limit_get=True):
            return None
        return self._refuse(request, kind, wait=seconds)

    def _too_many_pages(self, request: HttpRequest) -> float:
        most, seconds = settings.RATES[PAGES]
        return self.meter.wait(request.user.pk, most=most, seconds=seconds, now=time.monotonic())

    def _refuse(self, request: HttpRequest, kind: str, *, wait: float) -> HttpResponse:
        _most, seconds = settings.RATES[kind]
        if not self.told.wait((request.user.pk, kind), most=1, seconds=seconds, now=time.monotonic()):
            log_lines.note(request, "too many", kind=kind)
            actions.note_too_many(kind=kind, by=by(request), at=clock.now())
        answer = render(request, "429.html", status=TOO_MANY)
        answer["Retry-After"] = str(math.ceil(wait))
        return answer
