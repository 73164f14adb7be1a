"""Reading what is typed about a task."""

from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms
from fotspor.worklist.actions import TYPED_TITLES


class Typed(forms.Form):
    """A task that somebody writes."""

    kind = forms.RadioField(
        label=_("What kind of task?"), choices=[(key, _(title)) for key, title in TYPED_TITLES.items()]
    )
    note = forms.LongTextField(
        label=_("What is to be done?"), max_length=500, help_text=_("Only what a colleague needs to do it. No scores.")
    )
    due_on = forms.DayField(label=_("By when?"))
    staff = forms.SelectField(label=_("Who?"), required=False, empty=_("The whole unit"))

    def __init__(self, *args, staff=(), **options):
        super().__init__(*args, **options)
        self.fields["staff"].choices = [("", _("The whole unit")), *staff]


class TypedAbout(Typed):
    """A task about one of those on the list."""

    person = forms.SelectField(
        label=_("Whom is it about?"),
        help_text=_("Those on your list today. For others, open their page and write it there."),
    )
    field_order = ("person",)

    def __init__(self, *args, people=(), **options):
        super().__init__(*args, **options)
        self.fields["person"].choices = [("", _("Choose")), *people]


class Assign(forms.Form):
    """Who takes a task."""

    staff = forms.SelectField(label=_("Who takes the task?"), required=False)

    def __init__(self, *args, staff=(), **options):
        super().__init__(*args, **options)
        self.fields["staff"].choices = [("", _("The whole unit")), *staff]
