"""The library's forms of passkeys. What is no answer from a device is refused, where the library itself would fail."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms

NO_ANSWER = (KeyError, TypeError, ValueError, AttributeError, IndexError)  # ValidationError is none of these


class _Answers:
    def clean_credential(self):
        try:
            return super().clean_credential()
        except NO_ANSWER as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SignIn(_Answers, forms.LoginWebAuthnForm):
    pass


class Code(_Answers, forms.AuthenticateWebAuthnForm):
    pass


class Again(_Answers, forms.ReauthenticateWebAuthnForm):
    pass


class New(forms.AddWebAuthnForm):
    def clean(self):
        try:
            return super().clean()
        except NO_ANSWER as error:
            raise get_adapter().validation_error("incorrect_code") from error
