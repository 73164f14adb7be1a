"""What a person types about a form and its duties. Reads; never saves."""

from datetime import date

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fotspor.instruments.rules import Instrument, Outcome
from fotspor.kit import forms

TAKES_OVER = [
    ("colleague", _("A colleague")),
    ("gp", _("The GP")),
    ("116117", _("Out-of-hours clinic 116 117")),
    ("113", _("Emergency 113")),
]
CHOOSE = _("Choose")


def choices(entries) -> list[tuple[str, str]]:
    """Keys and words of a definition's entries."""
    return [(entry.key, _now(entry.label)) for entry in entries]


class About(forms.Form):
    """Whom a form is about and when it was answered."""

    answered_on = forms.DayField(label=_("Answered on"))
    language = forms.SelectField(label=_("Language of the paper"))
    occasion = forms.SelectField(label=_("Occasion"))

    def __init__(self, *args, instrument: Instrument, **more):
        super().__init__(*args, **more)
        self.fields["language"].choices = choices(instrument.languages)
        self.fields["occasion"].choices = choices(instrument.occasions)


class Start(About):
    """The first lines of a new form: who answered."""

    field_order = ("answerer", "answered_on", "language", "occasion")
    answerer = forms.RadioField(label=_("Who answered?"), help_text=_("The form is kept in that parent's own record."))

    def __init__(self, *args, answerers, instrument: Instrument, **more):
        super().__init__(*args, instrument=instrument, **more)
        kinds = dict(choices(instrument.informants))
        self.fields["answerer"].choices = [(a.key, f"{a.person.name} ({kinds[a.kind].lower()})") for a in answerers]


class Boxes:
    """The boxes that are ticked. An unticked question is one that is missing."""

    def add_boxes(self, instrument: Instrument) -> None:
        self.instrument = instrument
        for item in instrument.items:
            points = [(str(code), str(code)) for code in item.paper]
            self.fields[item.key] = forms.SelectField(choices=points, required=False, label=_now(item.topic))

    def answers(self) -> dict[str, int]:
        """The points of the boxes that are ticked, also of a form with errors elsewhere."""
        given = {item.key: self.cleaned_data.get(item.key) for item in self.instrument.items}
        return {key: int(points) for key, points in given.items() if points}


class Answers(Boxes, About):
    """A draft as it stands on the page."""

    version = forms.VersionField()
    starts_routine = forms.CheckField(
        label=_("Start the routine whatever the sum is"),
        help_text=_("When you are worried. The sum decides nothing alone."),
    )

    def __init__(self, *args, instrument: Instrument, **more):
        super().__init__(*args, instrument=instrument, **more)
        self.add_boxes(instrument)


class Correction(Boxes, forms.Form):
    """The answers put right, and why."""

    answered_on = forms.DayField(label=_("Answered on"))
    reason = forms.LongTextField(
        label=_("Why is it corrected?"),
        help_text=_("A colleague should understand it. Do not repeat the answers."),
        rows=2,
    )

    def __init__(self, *args, instrument: Instrument, **more):
        super().__init__(*args, **more)
        self.add_boxes(instrument)


class Withdrawal(forms.Form):
    """Why a form is taken out of use."""

    version = forms.VersionField()
    reason = forms.LongTextField(label=_("Why is it taken out of use?"), rows=2)


class AlertWithdrawal(forms.Form):
    """Why an alarm was no alarm."""

    reason = forms.LongTextField(
        label=_("What went wrong when it was written in?"), help_text=_("A colleague will see this."), rows=2
    )


class DutyOutcome(forms.Form):
    """What came of a duty. Which lines there are depends on which outcomes may be chosen."""

    outcome = forms.RadioField(label=_("What did it come to?"))
    note = forms.LongTextField(
        label=_("What did you agree?"), help_text=_("The agreement, not what was said."), rows=2, required=False
    )
    tried = forms.LongTextField(
        label=_("What was tried?"), help_text=_("When not reached: calls, visits, and when."), rows=2, required=False
    )
    handed_to = forms.SelectField(label=_("Who takes over?"), choices=TAKES_OVER, empty=CHOOSE, required=False)
    outcome_on = forms.DayField(label=_("When was it?"))

    def __init__(self, *args, outcomes: tuple[Outcome, ...], today: date, **more):
        more.setdefault("initial", {"outcome_on": today})
        super().__init__(*args, **more)
        self.fields["outcome"].choices = choices(outcomes)
        self.fields["outcome"].descriptions = {o.key: _now(o.sentence) for o in outcomes if o.sentence}
        for name in ("note", "tried", "handed_to"):  # which of them are needed follows from the outcome
            self.fields[name].says_optional = False
        if not any(o.needs_tried for o in outcomes):
            del self.fields["tried"]
        if not any(o.needs_handed_to for o in outcomes):
            del self.fields["handed_to"]


class Release(forms.Form):
    """Which sentence a parent lets the child's page say. Nothing is chosen beforehand."""

    summary = forms.RadioField(label=_("What may the child's page say?"))
    has_said_yes = forms.CheckField(
        label=_("The parent has been told who can read it, and has said yes"), required=True
    )

    def __init__(self, *args, sentences, **more):
        super().__init__(*args, **more)
        self.fields["summary"].choices = sentences


class Approval(forms.Form):
    """A yes to a definition, to exactly the text that was read."""

    digest = forms.HiddenField()
    has_read = forms.CheckField(label=_("I have read it and approve it for use here"), required=True)
