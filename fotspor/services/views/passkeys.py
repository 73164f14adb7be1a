"""Passkeys by django-allauth: sign in with one, add and remove one's own. Without JavaScript there are none.

They are bound to the name of the host, so these have addresses only where the site has one.
"""

from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.urls import reverse, reverse_lazy

from fotspor.access.rules import SYSTEM
from fotspor.access.views import open_to_all
from fotspor.kit import clock
from fotspor.services import actions
from fotspor.services.middleware import SECOND_FACTOR
from fotspor.services.views.account import DOOR, Refuses
from fotspor.services.views.answering import signed_in


class SignInByPasskey(webauthn.LoginWebAuthnView):
    def form_invalid(self, form):
        actions.note_failed_sign_in(email="", step="passkey", by=SYSTEM, at=clock.now())
        return super().form_invalid(form)


class PasskeyNew(Refuses, webauthn.AddWebAuthnView):
    template_name = "services/account/passkey_new.html"

    def get_context_data(self, **kwargs):
        """One that the device itself finds, and that asks for a finger, a face or a PIN."""
        context = super().get_context_data(**kwargs)
        return {**context, **kwargs, "js_data": {"creation_options": auth.begin_registration(self.request.user, True)}}

    def get_success_url(self):
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "services:settings")

    def form_valid(self, form):
        response = super().form_valid(form)
        note(self.request, is_added=True)
        return response


class PasskeyRemove(webauthn.RemoveWebAuthnView):
    template_name = "services/account/passkey_remove.html"
    success_url = reverse_lazy("services:settings")

    def form_valid(self, form):
        response = super().form_valid(form)
        self.request.session.pop(SECOND_FACTOR, None)  # it may have been the only one
        note(self.request, is_added=False)
        return response


class PasskeyAgain(webauthn.ReauthenticateWebAuthnView):
    template_name = "services/account/passkey_again.html"


def note(request, *, is_added):
    session_key = request.session.session_key
    actions.note_passkey(staff=request.user, session_key=session_key, is_added=is_added, at=clock.now())


sign_in_by_passkey = open_to_all(DOOR)(SignInByPasskey.as_view())
passkey_new = signed_in(PasskeyNew.as_view())
passkey_remove = signed_in(PasskeyRemove.as_view())
passkey_again = signed_in(PasskeyAgain.as_view())
