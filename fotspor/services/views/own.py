"""One's own things: the demo's door, the invitation, the post one works from, personal settings."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from fotspor.access.views import open_to_all
from fotspor.kit import clock
from fotspor.kit.answering import Now, answered, typed
from fotspor.kit.errors import Refused
from fotspor.services import actions, forms, labels, queries
from fotspor.services.middleware import POST, came_in
from fotspor.services.sign_in import forget_pending, speak_as
from fotspor.services.views.answering import form_page, safe, signed_in

DEMO = "Practice only: the address exists in no production."
LINK = "The one-time link is the key."


@open_to_all(DEMO)
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    if not (settings.IS_DEMO or settings.MODE == "test"):
        raise Http404
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if request.method == "POST":
        post = queries.demo_person(key=request.POST.get("post", ""), on=clock.today())
        login(request, post.staff, backend=settings.AUTHENTICATION_BACKENDS[0])
        at = clock.now()
        actions.note_sign_in(staff=post.staff, session_key=request.session.session_key, how="demo", at=at)
        came_in(request, post.staff, at=at)
        request.session[POST] = post.key
        return speak_as(post.staff, redirect(safe(request, onward) or reverse(settings.LOGIN_REDIRECT_URL)))
    groups = labels.by_role(queries.demo_people(on=clock.today()))
    context = {"groups": groups, "next": safe(request, onward), "municipality": queries.municipality()}
    return render(request, "services/demo_sign_in.html", context)


@open_to_all(LINK)
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.invitation_by_token(token=token, on=clock.today())
    form = forms.Password(typed(request))
    password = request.POST.get("password", "")

    def act():
        return actions.accept_invitation(token=token, password=password, at=clock.now())

    if answered(request, form, act, done=_("The password is chosen. Sign in with it.")):
        forget_pending(request)
        return redirect("account_login")
    status = 422 if request.method == "POST" else 200
    status = 404 if found is None else status
    return render(request, "services/invitation.html", {"form": form, "invitation": found}, status=status)


@signed_in
@require_POST
def choose_post(request: HttpRequest) -> HttpResponse:
    by = request.viewer or queries.themselves(staff=request.user)
    try:
        post = actions.choose_post(staff=request.user, post_key=request.POST.get("post", ""), by=by, at=clock.now())
    except Refused as refused:
        raise Http404(refused.message) from refused
    request.session[POST] = post.key
    messages.success(request, _("You now work as %(post)s.") % {"post": labels.post_name(post.role, post.unit.name)})
    return redirect(settings.LOGIN_REDIRECT_URL)


@signed_in
def no_post(request: HttpRequest) -> HttpResponse:
    if request.viewer is not None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "services/no_post.html", {})


@signed_in
def own_settings(request: HttpRequest) -> HttpResponse:
    me = request.user
    form = forms.Settings(typed(request), initial={**queries.own_settings(me), "version": me.version})
    by = request.viewer or queries.themselves(staff=me)

    def act():
        written = dict(form.cleaned_data)
        version = written.pop("version")
        return actions.change_settings(staff=me, version=version, values=written, by=by, at=clock.now())

    if answered(request, form, act, done=_("Your settings are saved."), now=lambda: _settings_now(me.key)):
        return speak_as(me, redirect("services:settings"))
    has_codes = queries.has_codes(staff=me)
    return form_page(
        request,
        form,
        template="services/settings.html",
        title=_("Personal settings"),
        has_codes=has_codes,
        has_password=me.has_usable_password(),
        may_have_passkeys=settings.HAS_PASSKEYS,
        passkeys=queries.passkeys_of(staff=me) if settings.HAS_PASSKEYS else [],
        help=labels.HELP["settings"],
    )


def _settings_now(key: str) -> Now:
    staff = queries.staff_by_key(key)
    return Now(staff.version, queries.own_settings(staff))
