"""Reading what is typed about a contact: the appointment, what came of it, and why."""

from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms
from fotspor.kit.dates import covers
from fotspor.pathways.actions.absences import NOT_KNOWN
from fotspor.pathways.actions.closing import REASON_LENGTH
from fotspor.pathways.actions.outside import OUTSIDE_TITLES
from fotspor.pathways.labels import OUTCOMES

UNKNOWN, KNOWN = "unknown", "known"
WHY = [(UNKNOWN, _("Not known")), (KNOWN, _("Yes, I write it below"))]
CAME = [
    ("yes", _("Came")),
    (UNKNOWN, _("Did not come, and it is not known why")),
    (KNOWN, _("Did not come, and it is known why")),
]
NO_REASON = _("Write why they did not come, or choose that it is not known.")
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class _Versioned(forms.Form):
    version = forms.VersionField()


class _WithStaff(forms.Form):
    """A form that asks for a colleague of the unit."""

    def __init__(self, *args, staff=(), **options):
        super().__init__(*args, **options)
        self.fields["staff"].choices = [("", _("Not decided")), *staff]


class Booking(forms.Asking, _WithStaff):
    """An appointment."""

    on = forms.DayField(label=_("Which day?"))
    time = forms.TimeField(label=_("At what time?"), required=False)
    place = forms.TextField(label=_("Where?"), required=False, max_length=100, help_text=_("A room, or «at home»."))
    staff = forms.SelectField(label=_("Who meets the family?"), required=False)
    in_kindergarten = forms.CheckField(help_text=_("The kindergarten then sees the day, the time and which contact."))
    confirmed = forms.CheckField(label=_("Book it all the same"))
    shown = forms.HiddenField(required=False)
    version = forms.VersionField()

    def __init__(self, *args, places=(), **options):
        """`places` are the child's places in kindergartens, when the contact may be held there."""
        super().__init__(*args, **options)
        self.places = places
        if places:
            names = " / ".join(dict.fromkeys(place.unit.name for place in places))
            self.fields["in_kindergarten"].label = _("In the kindergarten (%(name)s)") % {"name": names}
        else:
            del self.fields["in_kindergarten"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("in_kindergarten") and cleaned.get("on"):
            if cleaned.get("place"):
                self.add_error("place", _("Leave this empty when it is held in the kindergarten."))
            there = [p.unit.name for p in self.places if covers(p.from_on, p.until_on, cleaned["on"])]
            if there:
                cleaned["place"] = there[0]
            else:
                self.add_error("in_kindergarten", _("The child has no place in a kindergarten that day."))
        return cleaned


class Outcome(_Versioned):
    """What came of a contact."""

    outcome = forms.RadioField(
        label=_("What happened?"), choices=[(key, label.word) for key, label in OUTCOMES.items()]
    )
    outcome_on = forms.DayField(
        label=_("When was it?"), help_text=_("The true day, also when it is written down later.")
    )
    reason = forms.LongTextField(
        label=_("Why, if it was not held?"), required=False, max_length=1000, rows=2,
        help_text=_("Such as: the parents' wish, held at the hospital."),
    )  # fmt: skip
    late_reason = forms.TextField(label=_("Why outside the window, if it was?"), required=False, max_length=300)
    interpreter = forms.SelectField(
        label=_("Was an interpreter used?"), required=False, choices=YES_NO, empty=_("Not needed")
    )
    note = forms.LongTextField(
        label=_("Note"),
        required=False,
        max_length=4000,
        rows=4,
        help_text=_("It stands on the child's page. No scores: they stay in the parent's own record."),
    )

    def values(self):
        """What was typed, as `record_contact` takes it."""
        clean = self.cleaned_data
        return {
            **{name: clean[name] for name in ("outcome", "outcome_on", "reason", "late_reason", "note", "version")},
            "interpreter_used": {"yes": True, "no": False}.get(clean["interpreter"]),
        }


class Absent(_Versioned):
    """Nobody came."""

    missed_on = forms.DayField(label=_("Which day was it?"))
    why = forms.RadioField(label=_("Is it known why?"), required=False, choices=WHY)
    reason = forms.LongTextField(label=_("Why, if it is known?"), required=False, max_length=1000, rows=2)

    def clean(self):
        cleaned = super().clean()
        why = cleaned.pop("why", "")
        if why == UNKNOWN and not cleaned.get("reason"):
            cleaned["reason"] = NOT_KNOWN
        elif not cleaned.get("reason"):
            self.add_error("reason" if why else "why", NO_REASON)
        return cleaned


class Answer(forms.Form):
    """What a call or an assessment came to."""

    answer = forms.LongTextField(label=_("What did it come to?"), max_length=1000, rows=3)


class Reopening(_Versioned):
    """Why a record is taken back."""

    reason = forms.LongTextField(label=_("Why is it taken back?"), max_length=1000, rows=2)


class TakingBack(forms.Form):
    """Why it was wrong that nobody came."""

    reason = forms.LongTextField(label=_("Why is it taken back?"), min_length=REASON_LENGTH, max_length=1000, rows=2)


class Outside(forms.Form):
    """A contact that the pathway does not have."""

    kind = forms.RadioField(label=_("What kind?"), choices=[(key, _(title)) for key, title in OUTSIDE_TITLES.items()])
    opens_on = forms.DayField(label=_("Can be held from"))
    due_on = forms.DayField(label=_("Best by"))
    closes_on = forms.DayField(label=_("Last day"))

    def clean(self):
        cleaned = super().clean()
        days = [cleaned.get(name) for name in ("opens_on", "due_on", "closes_on")]
        if all(days) and days != sorted(days):
            raise forms.ValidationError(_("The first day must come before the last."))
        return cleaned


class InEmergency(forms.Form):
    """What was done with another unit's family in an emergency."""

    kind = forms.RadioField(label=_("What kind?"), choices=[(key, _(title)) for key, title in OUTSIDE_TITLES.items()])
    note = forms.LongTextField(
        label=_("What was done?"), max_length=4000, rows=4,
        help_text=_("It stands on the child's page. No scores: they stay in the parent's own record."),
    )  # fmt: skip


class NewGroup(forms.Asking, _WithStaff):
    """Several families in one appointment."""

    title = forms.TextField(label=_("What is the group called?"), max_length=100)
    held_on = forms.DayField(label=_("Which day?"))
    starts_at = forms.TimeField(label=_("At what time?"))
    place = forms.TextField(label=_("Where?"), max_length=100, required=False)
    staff = forms.SelectField(label=_("Who leads it?"), required=False)
    contacts = forms.ChecksField(label=_("Which families?"))
    confirmed = forms.CheckField(label=_("Book it all the same"))
    shown = forms.HiddenField(required=False)

    def __init__(self, *args, families=(), **options):
        super().__init__(*args, **options)
        self.fields["contacts"].choices = list(families)


class Attendance(forms.Form):
    """Who came to a group: one question for each family, left open when nobody knows yet."""

    late_reason = forms.TextField(label=_("Why outside the window, for those it was?"), required=False, max_length=300)

    def __init__(self, *args, families=(), **options):
        super().__init__(*args, **options)
        self.keys = [key for key, _name in families]
        for key, name in families:
            self.fields[f"came-{key}"] = forms.RadioField(label=name, required=False, choices=CAME)
            self.fields[f"why-{key}"] = forms.TextField(
                label=_("Why %(name)s did not come") % {"name": name}, required=False, max_length=300
            )
        asked = [f"{what}-{key}" for key in self.keys for what in ("came", "why")]
        self.order_fields([*asked, "late_reason"])

    def clean(self):
        cleaned = super().clean()
        for key in self.keys:
            if cleaned.get(f"came-{key}") == KNOWN and not cleaned.get(f"why-{key}"):
                self.add_error(f"why-{key}", NO_REASON)
        return cleaned

    def came(self):
        """Who came, as `record_attendance` takes it."""
        chosen = {key: self.cleaned_data.get(f"came-{key}") for key in self.keys}
        return {key: value == "yes" for key, value in chosen.items() if value}

    def reasons(self):
        """Why somebody did not come, as `record_attendance` takes it."""
        return {key: self.cleaned_data.get(f"why-{key}") or NOT_KNOWN for key in self.keys}
