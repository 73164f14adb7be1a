"""What a colleague writes to the administrator, and the answer."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms
from fotspor.operation.rules import may_name_somebody

MOST = 2000


def without_a_number(text: str) -> None:
    if may_name_somebody(text):
        raise ValidationError(_("This looks like an identity number. Write what happened, and not whom it was about."))


class Say(forms.Form):
    """What is to be told."""

    text = forms.LongTextField(
        label=_("What do you want to say?"),
        max_length=MOST,
        help_text=_("What you did, what happened, and what you had expected. Never a name or an identity number."),
        validators=[without_a_number],
    )
    page = forms.HiddenField(required=False, max_length=80)


class Answer(forms.Form):
    """What the administrator answers."""

    answer = forms.LongTextField(label=_("Your answer"), max_length=MOST, validators=[without_a_number])
