"""What is kept for every page: nothing is cached, a form sent twice does one thing, no text has a nought in it."""

from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import loader
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _

from fotspor.kit import log_lines
from fotspor.kit.models import Submission

DONE = (302, 303)
NOT_ALLOWED = 405
NULL = "\x00"
TOKEN_FIELD = "_once"  # noqa: S105 - the name of a form field


class NoNulls:
    """No text holds the letter nought, and PostgreSQL has none: whoever sends it is told that it was not understood."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = (request.path_info, *request.COOKIES.values())
        if "%00" in request.META.get("QUERY_STRING", "") or any(NULL in each for each in told):
            raise BadRequest
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> None:
        if any(NULL in each for name, values in request.POST.lists() for each in (name, *values)):
            log_lines.note(request, "nought in a form")
            raise BadRequest


class PrivatePages:
    """Nothing behind sign-in is stored by the browser, so that «Back» after sign-out shows nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/static/"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
            patch_vary_headers(response, ["HX-Request"])
        return response


class FormsOnly:
    """An address that only takes a form says so when it is opened: by hand, or after a change of language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == NOT_ALLOWED and request.method == "GET" and not response.content:
            response.content = loader.get_template("405.html").render()
        return response


class OncePosted:
    """A POST with a token runs in one transaction with the token. A repeat is sent where the first one went.

    Only a redirect counts as done: a refused form is rolled back with its token and may be sent again.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in DONE:
            for write in getattr(request, "when_refused", ()):
                write()
        return response

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        token = request.POST.get(TOKEN_FIELD, "")[:64] if request.method == "POST" else ""
        if not token:
            return None
        user = request.user if request.user.is_authenticated else None
        try:
            return self._in_one(request, token, user, lambda: view(request, *args, **kwargs))
        except (ReauthenticationRequired, ImmediateHttpResponse):
            return None  # nothing is stored: called again outside, the library's own middleware answers for it
        except IntegrityError:
            first = Submission.objects.filter(token=token, user=user).first()
            if first is None:
                raise
            if first.path != request.path[:500]:
                return None  # a token of another form: it has stopped nothing, and says nothing about this one
            messages.info(request, _("This form had already been received. It was saved once."))
            return HttpResponseRedirect(first.location or request.path)

    def _in_one(self, request, token, user, act) -> HttpResponse:
        """The view and its token in one transaction, taken back when the view says no."""
        with transaction.atomic():
            submission = Submission.objects.create(token=token, user=user, path=request.path[:500])
            response = act()
            if response.status_code in DONE:
                submission.location = response["Location"][:500]
                submission.save(update_fields=["location"])
            else:
                if hasattr(response, "render"):
                    response.render()
                transaction.set_rollback(True)
            return response
