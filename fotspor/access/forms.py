"""What is typed on the screens of access."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fotspor.access.rules import LIMITS, Outcome
from fotspor.kit import forms

DEFAULT_DAYS = 30


class LookFilter(forms.Form):
    """Whose looks, and in which period. Read from the address; what cannot be read falls back to the last 30 days."""

    from_on = forms.DayField(label=_("From and including"), required=False)
    to_on = forms.DayField(label=_("To and including"), required=False)
    staff = forms.SelectField(label=_("Employee"), required=False, empty=_("Everybody"))

    def __init__(self, *arguments, staff=(), today, **options):
        super().__init__(*arguments, **options)
        self.today = today
        self.fields["staff"].choices = [("", _("Everybody")), *staff]

    def clean(self):
        values = super().clean()
        to_on = values.get("to_on") or self.today
        from_on = values.get("from_on") or to_on - timedelta(days=DEFAULT_DAYS)
        if from_on > to_on:
            raise forms.ValidationError(_("The first day must come before the last."))
        return {**values, "from_on": from_on, "to_on": to_on}


class ReviewFilter(LookFilter):
    """Which period of looks, and whether those that wait or those gone through. Without any: the last 30 days."""

    staff = None
    state = forms.SelectField(label=_("Which of them?"), required=False)

    def __init__(self, asked, *, states=(), today, **options):
        days = {"from_on": today - timedelta(days=DEFAULT_DAYS), "to_on": today}
        asked = {**{name: day.isoformat() for name, day in days.items()}, **asked.dict()}
        forms.Form.__init__(self, asked, **options)
        self.today = today
        self.fields["state"].choices = states
        for field in self.fields.values():
            field.says_optional = False

    def clean(self):
        values = super().clean()
        if (values["to_on"] - values["from_on"]).days >= LIMITS.period_days:
            raise forms.ValidationError(
                _("Ask for %(days)s days at the most at a time.") % {"days": LIMITS.period_days}
            )
        return values


class ReviewLooks(forms.Form):
    """What came of it."""

    outcome = forms.RadioField(label=_("What was the outcome?"))
    note = forms.LongTextField(
        label=_("What did you find?"),
        help_text=_("Needed unless there was a good reason. Write nothing about the person's health."),
        max_length=2000,
        rows=3,
        required=False,
    )
    upto = forms.HiddenField()

    def __init__(self, *arguments, outcomes=(), **options):
        super().__init__(*arguments, **options)
        self.fields["outcome"].choices = outcomes

    def clean_outcome(self):
        return Outcome(self.cleaned_data["outcome"])

    def clean_upto(self):
        if not self.cleaned_data["upto"].isdecimal():
            raise forms.ValidationError(_("Open the page again."))
        return int(self.cleaned_data["upto"][:18])


class FindPerson(forms.Form):
    """Whose log. Posted, so that no identity number stands in an address."""

    number = forms.TextField(
        label=_("Identity number of the person"), max_length=20, attributes={"inputmode": "numeric"}
    )


class Emergency(forms.Form):
    """Whom, and why now."""

    number = forms.TextField(
        label=_("Identity number of the person"), max_length=20, attributes={"inputmode": "numeric"}
    )
    reason = forms.LongTextField(
        label=_("Why do you need it now?"),
        help_text=_("At least 20 characters. The data-protection officer reads it."),
        max_length=2000,
        rows=4,
    )


class GiveConsent(forms.Form):
    """Who says yes to what, for whom, and how long."""

    what = forms.RadioField(label=_("What is the consent about?"))
    given_by = forms.RadioField(label=_("Who gives it?"))
    to_unit = forms.SelectField(
        label=_("Which unit is it for?"), required=False, empty=pgettext_lazy("consent to a unit", "No unit")
    )
    purpose = forms.TextField(
        label=_("For what purpose?"),
        max_length=200,
        help_text=_("The kindergarten reads this. Write what is agreed: no scores, nothing that somebody answered."),
    )
    from_on = forms.DayField(label=_("First day"))
    until_on = forms.DayField(
        label=_("First day it no longer counts"),
        required=False,
        help_text=_("Leave it empty when the consent lasts until it is withdrawn."),
    )

    def __init__(self, *arguments, what=(), givers=(), units=(), **options):
        super().__init__(*arguments, **options)
        self.fields["what"].choices = what
        self.fields["given_by"].choices = givers
        self.fields["to_unit"].choices = [*self.fields["to_unit"].choices, *units]
