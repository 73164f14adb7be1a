"""Reading what is typed when a pregnancy is registered."""

from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms
from fotspor.people.forms import NumberField, PersonFields, PregnancyFields


class FindMother(forms.Form):
    """Somebody who may be registered already."""

    number = NumberField(label=_("Identity number"), help_text=_("Eleven digits."))


class NewMother(PregnancyFields, PersonFields):
    """A mother who is not registered yet, and her pregnancy."""

    field_order = [*PersonFields.field_order, "due_on", "due_source", "is_first"]


class Pregnancy(PregnancyFields):
    """The pregnancy of somebody who is registered."""
