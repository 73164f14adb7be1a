"""Reading what is typed at the desk."""

from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms


class Search(forms.Form):
    """A name, or an exact identity number."""

    q = forms.TextField(
        label=_("Name or identity number"),
        max_length=100,
        error_messages={"required": _("Write a name or an identity number.")},
        help_text=_("Protected people are found by their whole identity number only."),
    )
