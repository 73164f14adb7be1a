"""Who is looking, from which post, in which language; and the end of a session that has lasted long enough."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from fotspor.kit import clock
from fotspor.kit.htmx import is_poll
from fotspor.services import actions, queries, rules

BEGAN, SEEN, POST, SECOND_FACTOR = "began", "seen", "post", "second_factor"
SEEN_EVERY = 60  # seconds: the session row is not written at every click

# What somebody without a second factor, or without a post, may still reach.
BEFORE_THE_SECOND_FACTOR = {
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "kit:language",
    "kit:accessibility",
}
WITHOUT_A_POST = BEFORE_THE_SECOND_FACTOR | {
    "account_change_password",
    "account_login",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "services:no_post",
    "services:settings",
    "services:choose_post",
    "services:invitation",
    "services:demo_sign_in",
}


class CurrentMembership:
    """Sets `request.viewer` (None when signed out or without a post) and `request.posts`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer, request.posts = None, []
        if not request.user.is_authenticated:
            if SESSION_KEY in request.session:  # somebody who has left: the row goes too
                request.session.flush()
            return self.get_response(request)
        if ended := self._ended(request):
            return ended
        self._speak(request)
        if self._has_second_factor(request):
            self._look_up_post(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if not request.user.is_authenticated or request.viewer is not None:
            return None
        here = request.resolver_match.view_name
        if not self._has_second_factor(request):
            return None if here in BEFORE_THE_SECOND_FACTOR else redirect("mfa_activate_totp")
        return None if here in WITHOUT_A_POST else redirect("services:no_post")

    def _ended(self, request: HttpRequest) -> HttpResponse | None:
        """Signs out a session that has lasted too long, else notes that it was seen."""
        at = clock.now()
        now = int(at.timestamp())
        began, seen = (request.session.setdefault(name, now) for name in (BEGAN, SEEN))
        why = rules.session_ended(
            datetime.fromtimestamp(began, UTC),
            datetime.fromtimestamp(seen, UTC),
            at,
            idle=timedelta(seconds=settings.SESSION_IDLE_SECONDS),
            longest=timedelta(seconds=settings.SESSION_COOKIE_AGE),
        )
        if why is None:
            if now - seen >= SEEN_EVERY and not is_poll(request):
                request.session[SEEN] = now
            return None
        actions.note_sign_out(staff=request.user, session_key=request.session.session_key, why=why, at=at)
        logout(request)
        if is_poll(request):  # the page stands as it is, with what was typed, and asks no more
            return HttpResponse(status=286)
        messages.info(request, _("You were signed out because nothing had happened for a while. Sign in to go on."))
        back = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return HttpResponseClientRedirect(back.url) if request.htmx else back

    def _speak(self, request: HttpRequest) -> None:
        """The browser's own choice first, made by the language buttons; else the language of the personal settings."""
        if request.user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()

    def _has_second_factor(self, request: HttpRequest) -> bool:
        if not settings.IS_PRODUCTION or request.session.get(SECOND_FACTOR):
            return True
        if queries.has_second_factor(staff=request.user):
            request.session[SECOND_FACTOR] = True
            return True
        return False

    def _look_up_post(self, request: HttpRequest) -> None:
        posts = queries.posts_of(staff=request.user, on=clock.today())
        chosen = queries.chosen_post(posts, request.session.get(POST, ""))
        if chosen is not None:
            request.viewer = queries.viewer_in(staff=request.user, post=chosen, session_key=request.session.session_key)
        request.posts = queries.post_choices(posts, chosen and chosen.pk)
