"""The pages of django-allauth that are in use, with our templates. The others have no address."""

from allauth.account import views as account
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.rules import SYSTEM
from fotspor.access.views import open_to_all
from fotspor.kit import clock
from fotspor.kit.printing import may_print, paper_ordered
from fotspor.services import actions, queries
from fotspor.services.views.answering import signed_in

DOOR = "The door itself: whoever is outside must reach it."
FIRST_TIME = "codes_new"  # in the session: the recovery codes then lead on to the day's work
PAPER = "recovery codes"


class Refuses:
    """A refused form is a 422 with what was typed, as on every other page."""

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignIn(Refuses, account.LoginView):
    template_name = "services/account/sign_in.html"

    extra_context = {"may_have_passkeys": settings.HAS_PASSKEYS}

    def get(self, request, *args, **kwargs):
        if settings.IS_DEMO and "password" not in request.GET:
            query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
            return redirect(reverse("services:demo_sign_in") + (f"?{query}" if query else ""))
        return super().get(request, *args, **kwargs)


class SignOut(account.LogoutView):
    template_name = "services/account/sign_out.html"


class PasswordChange(Refuses, account.PasswordChangeView):
    template_name = "services/account/password_change.html"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_usable_password():
            messages.info(request, _("You came in without a password, so there is none to change."))
            return redirect("services:settings")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        actions.note_password_change(
            staff=self.request.user, session_key=self.request.session.session_key, at=clock.now()
        )
        return super().form_valid(form)


class Reauthenticate(Refuses, account.ReauthenticateView):
    template_name = "services/account/reauthenticate.html"


class Code(mfa.AuthenticateView):
    template_name = "services/account/code.html"

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code == 302 and response.url == reverse("account_login"):
            # An administrator reset the codes meanwhile: start again, not in a circle.
            clear_login(request)
        return response

    def form_invalid(self, form):
        email = self.stage.login.user.email
        actions.note_failed_sign_in(email=email, step="code", by=SYSTEM, at=clock.now())
        return self.render_to_response(self.get_context_data(), status=422)


class CodeAgain(Refuses, mfa.ReauthenticateView):
    template_name = "services/account/reauthenticate.html"


class CodesSetUp(Refuses, totp.ActivateTOTPView):
    template_name = "services/account/codes_set_up.html"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and queries.has_codes(staff=request.user):
            return redirect("services:settings")
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self):
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "services:settings")

    def form_valid(self, form):
        response = super().form_valid(form)
        self.request.session[FIRST_TIME] = True
        actions.note_codes_set_up(staff=self.request.user, session_key=self.request.session.session_key, at=clock.now())
        return response


class RecoveryCodes(recovery.ViewRecoveryCodesView):
    template_name = "services/account/recovery_codes.html"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not queries.has_second_factor(staff=request.user):
            return redirect("mfa_activate_totp")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        is_first = self.request.session.get(FIRST_TIME)
        onward = reverse(settings.LOGIN_REDIRECT_URL if is_first else "services:settings")
        return {**super().get_context_data(**kwargs), "onward": onward}


class RecoveryCodesPaper(RecoveryCodes):
    """The same codes on a page that prints itself, when a print was asked for and logged."""

    template_name = "services/account/recovery_codes_paper.html"

    def dispatch(self, request, *args, **kwargs):
        if not may_print(request, PAPER, at=clock.now()):
            return redirect("mfa_view_recovery_codes")
        return super().dispatch(request, *args, **kwargs)


class RecoveryCodesNew(recovery.GenerateRecoveryCodesView):
    template_name = "services/account/recovery_codes_new.html"


@signed_in
@require_POST
def recovery_codes_print(request):
    actions.note_codes_printed(staff=request.user, session_key=request.session.session_key, at=clock.now())
    return paper_ordered(request, PAPER, reverse("services:recovery_codes_paper"), at=clock.now())


sign_in = open_to_all(DOOR)(SignIn.as_view())
sign_out = open_to_all(DOOR)(SignOut.as_view())
code = open_to_all(DOOR)(Code.as_view())
password_change = signed_in(PasswordChange.as_view())
reauthenticate = signed_in(Reauthenticate.as_view())
code_again = signed_in(CodeAgain.as_view())
codes_set_up = signed_in(CodesSetUp.as_view())
recovery_codes = signed_in(RecoveryCodes.as_view())
recovery_codes_paper = signed_in(RecoveryCodesPaper.as_view())
recovery_codes_new = signed_in(RecoveryCodesNew.as_view())
