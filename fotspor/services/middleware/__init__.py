"""Who is looking, from which post, in which language; and the end of a session that has lasted long enough.

A session that has ended is emptied: nobody is signed in by it. What stays is whose it was, for one thing alone: that
what somebody had typed, and sends too late, is kept for that person. A locked session opens the page that unlocks it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from fotspor.kit import clock, phrases
from fotspor.kit.forms import Fetched
from fotspor.kit.htmx import POLLS, is_poll
from fotspor.services import actions, queries, rules
from fotspor.services.rules import BEGAN, BROWSER, LOCKED, SEEN

POST, SECOND_FACTOR = "post", "second_factor"
BACK = "back"  # where the user of a locked screen goes on
WAS = "was"  # whose the session was that has ended, and in which post
WAS_FOR = timedelta(hours=12)
DRAFTS, FETCHED = "drafts", "fetched"  # there may be something typed and not saved; which of it is being fetched
KEEPS = "services:draft_keep"
ENDED = "ended"
SEEN_EVERY = 60  # seconds: the session row is not written at every click

# What somebody without a second factor, or without a post, may still reach.
BEFORE_THE_SECOND_FACTOR = {
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "kit:language",
    "kit:accessibility",
    "services:setup",
    "services:session_left",
    "services:session_stay",
    "services:lock",
    "services:locked",
    "services:unlock_by_passkey",
}
WITHOUT_A_POST = BEFORE_THE_SECOND_FACTOR | {
    "account_change_password",
    "account_login",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "services:recovery_codes_print",
    "services:recovery_codes_paper",
    "services:no_post",
    "services:settings",
    "services:sessions",
    "services:sessions_end",
    "services:choose_post",
    "services:invitation",
    "services:demo_sign_in",
}
WHILE_LOCKED = {"services:locked", "services:unlock_by_passkey", "account_logout", "kit:language"}


@dataclass(frozen=True, slots=True)
class Watch:
    """When this session ends, for the page that says so ahead."""

    opened_at: datetime
    left: rules.Left

    @property
    def ends_at(self) -> datetime:
        return self.opened_at + timedelta(seconds=self.left.seconds)

    @property
    def warn(self) -> int:
        return settings.SESSION_WARNING_SECONDS

    @property
    def day_ends(self) -> bool:
        return self.left.why == "longest" and self.left.seconds < settings.SESSION_BANNER_SECONDS

    @property
    def says(self) -> str:
        if self.left.why == "longest":
            said = _("You have been signed in for a long day, and are signed out at %(time)s. Save before then.")
        else:
            said = _("Nothing has happened for a while. You are signed out at %(time)s.")
        return said % {"time": phrases.clock(self.ends_at)}

    @property
    def urls(self) -> dict[str, str]:
        return {name: reverse(f"services:{name}") for name in ("session_left", "session_stay", "lock", "draft_keep")}


def name_of(path: str) -> str:
    """Which address is it by name? Empty when there is none."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def is_quiet(request: HttpRequest) -> bool:
    """Does the page send by itself, without anybody having done anything? Then nobody stays signed in because of it."""
    return is_poll(request) or (POLLS in request.headers and name_of(request.path_info) == KEEPS)


def keep_typed(request: HttpRequest, *, staff_id: int, post: str, at: datetime) -> bool:
    """Keep what stands in a posted form for the one who typed it. False for forms that are not kept."""
    typed_here = request.resolver_match.view_name != KEEPS
    address = urlsplit(request.get_full_path() if typed_here else request.POST.get("_at", "")[:500])
    name = name_of(address.path)
    guard = getattr(resolve(address.path).func, "guard", None) if name else None
    if guard is None or ":" not in name or name in settings.FORMS_WITH_DRAFTS:  # the door's own have no namespace
        return False
    if typed_here and _came_from(request) not in ("", address.path):
        return False  # the button of another page
    return actions.keep_draft(
        staff_id=staff_id,
        post=post,
        path=address.path,
        address=f"{address.path}?{address.query}" if address.query else address.path,
        posted=dict(request.POST.lists()),
        token=request.POST.get("_token", "")[:64],
        at=at,
    )


def post_key(request: HttpRequest) -> str:
    """Which post does the person signed in work from now?"""
    chosen = queries.chosen_post(queries.posts_of(staff=request.user, on=clock.today()), request.session.get(POST, ""))
    return chosen.key if chosen else ""


def remember_whose(request: HttpRequest, *, staff_id: int, post: str, at: datetime) -> None:
    """Said in the emptied session of somebody who is signed out."""
    request.session[WAS] = {"staff": staff_id, "post": post, "until": int((at + WAS_FOR).timestamp())}


def came_in(request: HttpRequest, staff, *, at: datetime) -> None:
    """Somebody has signed in: to the post she had when she was signed out here, and to what she had begun."""
    was = request.session.pop(WAS, None)
    if was and was["staff"] == staff.pk and was["post"]:
        request.session[POST] = was["post"]
    actions.forget_old_drafts(at=at)
    if queries.has_drafts(staff_id=staff.pk, at=at):
        request.session[DRAFTS] = True


def _came_from(request: HttpRequest) -> str:
    """The path of the page that was pressed on, when the browser says so."""
    referer = urlsplit(request.headers.get("Referer", ""))
    return referer.path if referer.netloc == request.get_host() else ""


class CurrentMembership:
    """Sets `request.viewer` (None when signed out or without a post), `request.posts`, and what the page says of drafts
    and of the session's end: `request.watch`, `request.draft`, `request.fetched`.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer, request.posts, request.post_key = None, [], ""
        request.watch = request.draft = request.fetched = None
        request.turned_away = ""
        if not request.user.is_authenticated:
            if SESSION_KEY in request.session:  # somebody who has left: the row goes too
                request.session.flush()
            return self.get_response(request)
        at = clock.now()
        request.turned_away = self._turned_away(request, at)
        if request.turned_away:
            # A form is first shown to have been sent by our own page: `process_view` keeps it and answers.
            may_hold = request.method == "POST" and name_of(request.path_info)
            return self.get_response(request) if may_hold else self._answer(request, kept=False)
        self._speak(request)
        if LOCKED not in request.session:
            self._let_in(request, at)
        response = self.get_response(request)
        self._forget(request, response, at)
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        here = request.resolver_match.view_name
        too_late = request.method == "POST" and not request.user.is_authenticated and getattr(view, "guard", None)
        if too_late and not request.turned_away and self._whose(request):
            request.turned_away = ENDED
        if request.turned_away:
            return self._answer(request, kept=self._keep(request))
        if not request.user.is_authenticated or request.viewer is not None:
            return None
        if not self._has_second_factor(request):
            return None if here in BEFORE_THE_SECOND_FACTOR else redirect("mfa_activate_totp")
        return None if here in WITHOUT_A_POST else redirect("services:no_post")

    def _turned_away(self, request: HttpRequest, at: datetime) -> str:
        """Why nothing is opened: the session has ended now, or is locked. Otherwise it is noted that it was seen."""
        now = int(at.timestamp())
        if BEGAN not in request.session:
            request.session[BROWSER] = rules.browser_family(request.headers.get("User-Agent", ""))
        began, seen = (request.session.setdefault(name, now) for name in (BEGAN, SEEN))
        times = (datetime.fromtimestamp(began, UTC), datetime.fromtimestamp(seen, UTC), at)
        limits = {
            "idle": timedelta(seconds=settings.SESSION_IDLE_SECONDS),
            "longest": timedelta(seconds=settings.SESSION_COOKIE_AGE),
        }
        if why := rules.session_ended(*times, **limits):
            self._end(request, why, at)
            return ENDED
        if LOCKED in request.session:
            return "" if name_of(request.path_info) in WHILE_LOCKED else LOCKED
        if now - seen >= SEEN_EVERY and not is_quiet(request):
            request.session[SEEN] = now
            times = (times[0], at, at)
        request.watch = Watch(at, rules.session_left(*times, **limits))
        return ""

    def _end(self, request: HttpRequest, why: str, at: datetime) -> None:
        staff, post = request.user, post_key(request)
        actions.note_sign_out(staff=staff, session_key=request.session.session_key, why=why, at=at)
        logout(request)
        remember_whose(request, staff_id=staff.pk, post=post, at=at)

    def _whose(self, request: HttpRequest) -> tuple[int, str] | None:
        """Whose form is it that comes from a session without anybody in it, or from a locked one?"""
        if request.user.is_authenticated:
            return request.user.pk, post_key(request)
        was = request.session.get(WAS)
        return (was["staff"], was["post"]) if was and was["until"] > clock.now().timestamp() else None

    def _keep(self, request: HttpRequest) -> bool:
        whose = self._whose(request) if request.method == "POST" else None
        if whose is None or not keep_typed(request, staff_id=whose[0], post=whose[1], at=clock.now()):
            return False
        if request.user.is_authenticated:
            request.session[DRAFTS] = True
        return True

    def _answer(self, request: HttpRequest, *, kept: bool) -> HttpResponse:
        if POLLS in request.headers and not (request.turned_away == LOCKED and request.htmx):
            return HttpResponse(status=286)  # the page keeps what is typed, asks no more, and then leaves by itself
        if request.turned_away == LOCKED:
            to = reverse("services:locked")
            return HttpResponseClientRedirect(to) if request.htmx else redirect(to)
        if kept:
            messages.info(request, _("You were signed out. What you had typed is kept: sign in to fetch it."))
        else:
            messages.info(request, _("You were signed out because nothing had happened for a while. Sign in to go on."))
        stands = request.method == "GET" or (kept and _came_from(request) == request.path)
        back = redirect_to_login(request.get_full_path() if stands else "/")
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

    def _let_in(self, request: HttpRequest, at: datetime) -> None:
        if not self._has_second_factor(request):
            return
        posts = queries.posts_of(staff=request.user, on=clock.today())
        chosen = queries.chosen_post(posts, request.session.get(POST, ""))
        if chosen is not None:
            request.viewer = queries.viewer_in(staff=request.user, post=chosen, session_key=request.session.session_key)
            request.post_key = chosen.key
        request.posts = queries.post_choices(posts, chosen and chosen.pk)
        if request.method == "GET" and DRAFTS in request.session and not request.htmx:
            self._offer(request, at)

    def _offer(self, request: HttpRequest, at: datetime) -> None:
        """What she had begun at this address: offered, or put back in the form when she has just asked for it."""
        draft = queries.draft_at(staff_id=request.user.pk, post=request.post_key, path=request.path, at=at)
        if draft is None:
            return
        request.draft = draft
        if request.session.get(FETCHED) == draft.key:
            del request.session[FETCHED]
            request.fetched = Fetched.of(draft.values)

    def _forget(self, request: HttpRequest, response: HttpResponse, at: datetime) -> None:
        """A form that is saved leaves no draft."""
        saved = request.method == "POST" and response.status_code in (302, 303) and request.user.is_authenticated
        if saved and DRAFTS in request.session:
            actions.forget_draft(staff_id=request.user.pk, path=request.path, at=at)
