"""Reading what is typed about batons and stops."""

from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms


class Handover(forms.Form):
    """To whom, why, and what the receiver should know."""

    unit = forms.SelectField(label=_("Who takes over?"))
    reason = forms.TextField(label=_("Why now?"), max_length=200, help_text=_("Such as: moved, or by the plan."))
    summary = forms.LongTextField(
        label=_("What the receiver should know first"),
        required=False,
        max_length=1000,
        rows=5,
        help_text=_(
            "What is agreed, what is next, who to call. Nothing of a form: it stays in the parent's own record."
        ),
    )

    def __init__(self, *args, units=(), **options):
        super().__init__(*args, **options)
        self.fields["unit"].choices = [("", _("Choose a unit")), *units]


class Reason(forms.Form):
    """Why something is not taken over."""

    reason = forms.LongTextField(label=_("Why?"), max_length=500, help_text=_("The sender reads this."))


class Redirect(forms.Form):
    """The receiver's leader names another unit."""

    unit = forms.SelectField(label=_("Who should take it?"))
    reason = forms.TextField(label=_("Why?"), max_length=200)

    def __init__(self, *args, units=(), **options):
        super().__init__(*args, **options)
        self.fields["unit"].choices = [("", _("Choose a unit")), *units]


class Assign(forms.Form):
    """A unit for a journey that nobody holds."""

    unit = forms.SelectField(label=_("Who holds the baton from now?"))

    def __init__(self, *args, units=(), **options):
        super().__init__(*args, **options)
        self.fields["unit"].choices = [("", _("Choose a unit")), *units]


class Stop(forms.Form):
    """An outsider on the way, and when to ask."""

    unit = forms.SelectField(label=_("Where?"))
    reason = forms.TextField(label=_("What for?"), max_length=200, help_text=_("No diagnosis and no scores."))
    from_on = forms.DayField(label=_("From"))
    due_on = forms.DayField(label=_("Ask after it by"))

    def __init__(self, *args, units=(), **options):
        super().__init__(*args, **options)
        self.fields["unit"].choices = [("", _("Choose a place")), *units]


class StopDone(forms.Form):
    """What came of a stop."""

    outcome = forms.TextField(label=_("What came of it?"), max_length=200)
    done_on = forms.DayField(label=_("When did it end?"))
