"""The first page of a new installation, opened by the code that `fotspor setup` prints on the server."""

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from fotspor.access.views import open_to_all
from fotspor.kit import clock
from fotspor.kit.answering import answered, form_page, typed, when_refused
from fotspor.services import actions, forms, labels, queries
from fotspor.services.rules import setup_codes
from fotspor.services.sign_in import let_in

CODE = "Whoever holds the server's one-time code is the first, before there is anybody who could sign in."


@open_to_all(CODE)
@sensitive_post_parameters("code", "password", "again")
def setup(request: HttpRequest) -> HttpResponse:
    at, is_sent = clock.now(), request.method == "POST"
    if is_sent and request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)  # sent twice: it was done the first time
    if queries.has_administrator(on=clock.today()) or not (is_sent or queries.open_setup_code(at=at)):
        raise Http404
    form = forms.Setup(typed(request))
    if answered(request, form, lambda: _set_up(request, form, at)):
        let_in(request, form.result)
        session_key = request.session.session_key
        actions.note_sign_in(staff=form.result, session_key=session_key, how="setup", at=at)
        return redirect(settings.LOGIN_REDIRECT_URL)
    if isinstance(form.refused, actions.CodeNotValid):
        when_refused(request, lambda: _note_wrong(request, at))
    return form_page(request, form, template="services/setup.html", help=labels.HELP["setup"])


def _set_up(request: HttpRequest, form: forms.Setup, at):
    if not _wrong_tries(request, dry_run=True):
        raise actions.TooManyTries
    written = form.cleaned_data
    return actions.set_up(
        code=written["code"],
        municipality=written["municipality"],
        number=written["number"],
        who=form.newcomer(),
        password=written["password"],
        at=at,
    )


def _note_wrong(request: HttpRequest, at) -> None:
    _wrong_tries(request)
    actions.note_wrong_setup_code(at=at)


def _wrong_tries(request: HttpRequest, *, dry_run: bool = False):
    return ratelimit.consume(request, app="setup", action="wrong", config=setup_codes.WRONG_RATE, dry_run=dry_run)
