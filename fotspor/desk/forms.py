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


MOST = 2  # who sees the work of a protected person is kept to those who do it


class Colleagues(forms.Form):
    """Who follows a protected person up."""

    staff = forms.ChecksField(
        label=_("Who follows up?"),
        help_text=_("Choose one or two."),
        error_messages={"required": _("Choose one or two colleagues.")},
    )

    def __init__(self, *args, staff=(), notes=None, **options):
        super().__init__(*args, **options)
        self.fields["staff"].choices = staff
        self.fields["staff"].descriptions = notes or {}

    def clean_staff(self):
        chosen = self.cleaned_data["staff"]
        if len(chosen) > MOST:
            raise forms.ValidationError(_("Choose one or two colleagues."))
        return chosen
