"""How django-allauth is bent to this house: no sign-up, no e-mail, everything at the door is logged."""

import time

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import SYSTEM
from fotspor.kit import clock, encryption
from fotspor.kit.errors import Refused
from fotspor.services import actions
from fotspor.services.middleware import came_in, post_key, remember_whose


class AccountAdapter(DefaultAccountAdapter):
    """What happens at the door."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address and the password do not go together. Nobody is signed in."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or ask an administrator for a new link."),
        "enter_current_password": _("This is not your password now."),
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("Too many tries. Wait a little."),
    }

    def is_open_for_signup(self, request):
        return False

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        """The library's own receipts are not said; ours are, in the page's language."""
        ours = {
            "account/messages/logged_out.txt": gettext("You are signed out."),
            "account/messages/password_changed.txt": gettext("The password is changed. Sign in with the new one."),
            "mfa/messages/totp_activated.txt": gettext("Codes are now asked for when you sign in."),
            "mfa/messages/webauthn_added.txt": gettext("The passkey is added. You can sign in with it from now on."),
            "mfa/messages/webauthn_removed.txt": gettext("The passkey is removed."),
            "mfa/messages/recovery_codes_generated.txt": gettext("New recovery codes. The old ones no longer work."),
        }
        text = message or ours.get(message_template or "", "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def send_mail(self, template_prefix, email, context):
        """No e-mail is sent from here."""

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._note_failure(credentials, "throttled")
            raise

    def authentication_failed(self, request, **credentials):
        self._note_failure(credentials, "password")

    def login(self, request, user):
        if not user.is_active:  # left between the password and the code
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def post_login(self, request, user, **more):
        response = super().post_login(request, user, **more)
        at = clock.now()
        how = "passkey" if did_use_passwordless_login(request, user) else "password"
        actions.note_sign_in(staff=user, session_key=request.session.session_key, how=how, at=at)
        came_in(request, user, at=at)
        key = request.session.session_key
        actions.end_sessions_above(most=settings.SESSIONS_EACH, staff=user, session_key=key, at=at)
        return speak_as(user, response)

    def logout(self, request):
        staff, at, post = request.user, clock.now(), post_key(request)
        actions.note_sign_out(staff=staff, session_key=request.session.session_key, why="asked", at=at)
        super().logout(request)
        remember_whose(request, staff_id=staff.pk, post=post, at=at)  # another window may hold a form

    def respond_user_inactive(self, request, user):
        messages.error(request, gettext("Your access has ended. Ask your leader if that is wrong."))
        return redirect("account_login")

    def get_login_redirect_url(self, request):
        return reverse(settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request):
        return reverse("account_login")

    def reauthenticate(self, user, password):
        """By the password itself: the library would look the person up by e-mail again."""
        return check_password(password, user.password)

    def is_reauthentication_required(self, *, app, **more):
        """Somebody who signed in a moment ago is not asked twice on the way to setting up codes."""
        records = get_authentication_records(self.request, self.request.user)
        fresh = records and time.time() - records[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT
        return not fresh

    def _note_failure(self, credentials, step):
        actions.note_failed_sign_in(email=credentials.get("email", ""), step=step, by=SYSTEM, at=clock.now())


# The library says this in bokmål only; said here, it is found by our translators.
SAID_BY_THE_LIBRARY = (_("You must type the same password each time."),)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of the second factor stand encrypted, as identity numbers do."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right, or it has been used. Wait for the next one."),
    }

    def encrypt(self, text):
        return encryption.encrypt(text).decode()

    def decrypt(self, encrypted_text):
        return encryption.decrypt(encrypted_text.encode())

    def generate_authenticator_name(self, user, type):
        return gettext("My passkey")

    def can_delete_authenticator(self, authenticator):
        return False  # an administrator does it, after checking who it is


def speak_as(staff, response):
    """The page after signing in is in the person's own language, whatever was chosen at the door."""
    if staff.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            staff.language,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def forget_pending(request):
    """A sign-in that had come as far as the code is begun anew: the password has just been chosen again."""
    clear_login(request)


def let_in(request, staff):
    """Signed in, and not asked again at once for a password that was chosen on the page before."""
    login(request, staff, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, staff, method="password", email=staff.email)


class NotYou(Refused):
    field = "password"


def know_again(request, password):
    """Is it the one who locked the screen? Throttled and logged as at the door. Errors: NotYou, with the reason."""
    staff = request.user
    adapter = AccountAdapter(request)
    try:
        found = adapter.authenticate(request, email=staff.email, password=password)
    except ValidationError as error:
        raise NotYou(adapter.error_messages["too_many_login_attempts"]) from error
    if found is None or found.pk != staff.pk:
        raise NotYou(adapter.error_messages["incorrect_password"])
