"""The screen itself: how long the session goes on, and a lock for rooms where others come by."""

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from fotspor.access.rules import SYSTEM
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.services import actions, forms, passkey_forms, queries
from fotspor.services.middleware import BACK
from fotspor.services.rules import LOCKED, SEEN
from fotspor.services.sign_in import know_again
from fotspor.services.views.answering import form_page, safe, signed_in


@signed_in
@require_GET
def session_left(request: HttpRequest) -> HttpResponse:
    watch = request.watch
    return JsonResponse({"seconds": watch.left.seconds, "why": watch.left.why, "says": watch.says})


@signed_in
@require_POST
def session_stay(request: HttpRequest) -> HttpResponse:
    request.session[SEEN] = int(clock.now().timestamp())
    return redirect("services:session_left")


@signed_in
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    list(messages.get_messages(request))  # a receipt may name somebody
    request.session.cycle_key()  # a request under way may save the session as it was, and so take the lock away
    request.session[LOCKED] = int(clock.now().timestamp())
    request.session[BACK] = safe(request, request.POST.get("back", ""))
    actions.note_lock(staff=request.user, session_key=request.session.session_key, at=clock.now())
    return redirect("services:locked")


@signed_in
@sensitive_post_parameters("password")
def locked(request: HttpRequest) -> HttpResponse:
    onward = request.session.get(BACK) or settings.LOGIN_REDIRECT_URL
    if LOCKED not in request.session:
        return redirect(onward)
    practice = not request.user.has_usable_password() and (settings.IS_DEMO or settings.MODE == "test")
    form = None if practice else forms.Unlock(typed(request))
    opens = request.method == "POST" if practice else answered(request, form, lambda: _know_again(request, form))
    if opens:
        _unlock(request, how="demo" if practice else "password")
        return redirect(onward)
    has_passkey = settings.HAS_PASSKEYS and bool(queries.passkeys_of(staff=request.user))
    shown = {"practice_lock": practice, "has_passkey": has_passkey}
    return form_page(request, form or forms.Unlock(), template="services/locked.html", **shown)


@signed_in
@sensitive_post_parameters("credential")
def unlock_by_passkey(request: HttpRequest) -> HttpResponse:
    """The script asks what to show the device, and sends what the device says. Without JavaScript there is none."""
    onward = request.session.get(BACK) or settings.LOGIN_REDIRECT_URL
    if LOCKED not in request.session:
        return redirect(onward)
    if request.method != "POST":
        return JsonResponse({"request_options": auth.begin_authentication(request.user)})
    form = passkey_forms.Again(request.POST, user=request.user)
    if not form.is_valid():
        actions.note_failed_sign_in(email=request.user.email, step="passkey", by=SYSTEM, at=clock.now())
        messages.error(request, _("This passkey did not unlock the screen. Try again, or use the password."))
        return redirect("services:locked")
    post_authentication(request, form.cleaned_data["credential"], reauthenticated=True)
    _unlock(request, how="passkey")
    return redirect(onward)


def _know_again(request: HttpRequest, form: forms.Unlock) -> None:
    know_again(request, form.cleaned_data["password"])


def _unlock(request: HttpRequest, *, how: str) -> None:
    request.session.cycle_key()
    del request.session[LOCKED]
    request.session.pop(BACK, None)
    request.session[SEEN] = int(clock.now().timestamp())
    actions.note_unlock(staff=request.user, session_key=request.session.session_key, how=how, at=clock.now())
