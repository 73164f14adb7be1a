"""What a person types about a form and its duties. Reads; never saves."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fotspor.instruments.actions.outcomes import HANDED_TO_MISSING, NEXT_MISSING, NOTE_MISSING, TRIED_MISSING
from fotspor.instruments.labels import NOT_AS_THIS
from fotspor.instruments.rules import Instrument, Outcome
from fotspor.kit import forms

TAKES_OVER = [
    ("colleague", _("A colleague")),
    ("gp", _("The GP")),
    ("116117", _("Out-of-hours clinic 116 117")),
    ("113", _("Emergency 113")),
]
CHOOSE = _("Choose")
NOT_HANDED_OUT = _("Not handed out")
ASKED_AGAIN = _("The parent has been asked again, and has said yes")
ONLY_WHEN_LATE = _("Only when it was answered more than %(days)s days ago.")


def choices(entries) -> list[tuple[str, str]]:
    """Keys and words of a definition's entries."""
    return [(entry.key, _now(entry.label)) for entry in entries]


class About(forms.Form):
    """Whom a form is about and when it was answered."""

    answered_on = forms.DayField(label=_("Answered on"))
    late_reason = forms.LongTextField(label=_("Why is it entered now?"), rows=2, required=False)
    language = forms.SelectField(label=_("Language of the paper"))
    occasion = forms.SelectField(label=_("Occasion"))

    def __init__(self, *args, instrument: Instrument, has_occasion: bool = True, **more):
        super().__init__(*args, **more)
        days = {"days": instrument.reason_after_days}
        self.fields["late_reason"].help_text = str(ONLY_WHEN_LATE) % days
        self.fields["late_reason"].says_optional = False
        self.fields["language"].choices = choices(instrument.languages)
        self.fields["occasion"].choices = choices(instrument.occasions)
        if not has_occasion:  # it would tell of a pregnancy that was lost
            del self.fields["occasion"]


class Start(About):
    """The first lines of a new form: who answered."""

    field_order = ("answerer", "answered_on", "late_reason", "language", "occasion", "another")
    answerer = forms.RadioField(label=_("Who answered?"), help_text=_("The form is kept in that parent's own record."))

    another = forms.CheckField(label=_("This is another form than the one that is begun"))

    def __init__(self, *args, answerers, instrument: Instrument, is_begun: bool = False, **more):
        super().__init__(*args, instrument=instrument, **more)
        if not is_begun:
            del self.fields["another"]
        kinds = dict(choices(instrument.informants))
        self.key_of = {a.handle: a.key for a in answerers}
        self.fields["answerer"].choices = [(a.handle, f"{a.name} ({kinds[a.kind].lower()})") for a in answerers]
        if answerers and len(answerers) == 1:
            self.initial["answerer"] = answerers[0].handle

    def clean_answerer(self) -> str:
        """The person's key. On the page it is a word that leads nowhere: not everybody may open that person's page."""
        return self.key_of[self.cleaned_data["answerer"]]


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

    def __init__(self, *args, instrument: Instrument, has_occasion: bool = True, **more):
        super().__init__(*args, instrument=instrument, has_occasion=has_occasion, **more)
        self.add_boxes(instrument)


class Correction(Boxes, forms.Form):
    """The answers and the facts put right, and why."""

    informant_kind = forms.SelectField(label=_("Answered as"))
    answered_on = forms.DayField(label=_("Answered on"))
    language = forms.SelectField(label=_("Language of the paper"))
    occasion = forms.SelectField(label=_("Occasion"), required=False)
    reason = forms.LongTextField(
        label=_("Why is it corrected?"),
        help_text=_("A colleague should understand it. Do not repeat the answers."),
        rows=2,
    )

    def __init__(self, *args, instrument: Instrument, kinds: tuple[str, ...], has_occasion: bool = True, **more):
        super().__init__(*args, **more)
        self.fields["informant_kind"].choices = choices(each for each in instrument.informants if each.key in kinds)
        self.fields["informant_kind"].error_messages["invalid_choice"] = NOT_AS_THIS
        self.fields["language"].choices = choices(instrument.languages)
        self.fields["occasion"].choices = choices(instrument.occasions)
        if not has_occasion:  # one that came as a file has its wave there; another would tell of a pregnancy lost
            del self.fields["occasion"]
        self.add_boxes(instrument)

    def facts(self) -> dict:
        """What was put right beside the answers."""
        names = ("answered_on", "informant_kind", "language", "occasion")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class Withdrawal(forms.Form):
    """Why a form is taken out of use."""

    version = forms.VersionField()
    reason = forms.LongTextField(label=_("Why is it taken out of use?"), rows=2)


class AlertWithdrawal(forms.Form):
    """Why an alarm was no alarm."""

    reason = forms.LongTextField(
        label=_("What went wrong when it was written in?"), help_text=_("A colleague will see this."), rows=2
    )


class DutyOutcome(forms.Asking):
    """What came of a duty. Which lines there are depends on which outcomes may be chosen."""

    outcome = forms.RadioField(label=_("What did it come to?"))
    note = forms.LongTextField(
        label=_("What did you agree?"), help_text=_("The agreement, not what was said."), rows=2, required=False
    )
    tried = forms.LongTextField(
        label=_("What was tried?"), help_text=_("When not reached: calls, visits, and when."), rows=2, required=False
    )
    handed_to = forms.SelectField(label=_("Who takes over?"), choices=TAKES_OVER, empty=CHOOSE, required=False)
    next_on = forms.DayField(label=_("Which day have you agreed?"), required=False)
    next_time = forms.TimeField(label=_("What time?"), required=False)
    with_sum = forms.CheckField(
        label=_("The parent said yes to the sum too"),
        help_text=_("Without this the letter says nothing about the sum."),
    )
    folder = forms.SelectField(label=_("Information folder handed out"), required=False)
    folder_language = forms.SelectField(label=_("Language of the folder"), required=False)
    outcome_on = forms.DayField(label=_("When was it?"))
    confirmed = forms.CheckField(label=_("Agree on it all the same"))
    shown = forms.HiddenField(required=False)

    def __init__(self, *args, outcomes: tuple[Outcome, ...], today: date, folders=(), languages=(), **more):
        more.setdefault("initial", {"outcome_on": today})
        self.outcomes = {o.key: o for o in outcomes}
        super().__init__(*args, **more)
        self.fields["outcome"].choices = choices(outcomes)
        self.fields["outcome"].descriptions = {o.key: _now(o.sentence) for o in outcomes if o.sentence}
        self.asks = {o.key: " ".join(_asked(o)) for o in outcomes}
        asked = {name for outcome in outcomes for name in _asked(outcome)}
        for name in ("tried", "handed_to", "next_on", "next_time", "with_sum"):
            if name not in asked:
                del self.fields[name]
        self._add_folders(folders, languages)
        self._word_the_box()
        for name in ("note", "tried", "handed_to", "next_on", "folder", "folder_language"):
            if name in self.fields:  # which of them are needed follows from the outcome
                self.fields[name].says_optional = False

    def ask_again(self, shown: str) -> None:
        """The box, with the words of what is confirmed."""
        super().ask_again(shown)
        self._word_the_box()

    def _word_the_box(self) -> None:
        chosen = self.outcomes.get(self.data.get("outcome"))
        if chosen is not None and chosen.gives_consent and "confirmed" in self.fields:
            self.fields["confirmed"].label = ASKED_AGAIN

    def clean(self) -> dict:
        """Everything that the outcome asks for and is empty, said at once. The action asks again."""
        clean = super().clean()
        chosen = self.outcomes.get(clean.get("outcome"))
        for name, message in _missing(chosen, clean) if chosen else ():
            if name not in self.errors:
                self.add_error(name, message)
        return clean

    def _add_folders(self, folders, languages) -> None:
        if not folders:
            del self.fields["folder"], self.fields["folder_language"]
            return
        named = [(f"{f.key} {f.version}", f"{_now(f.title)}, {f.version}") for f in folders]
        self.fields["folder"].choices = [("", NOT_HANDED_OUT), *named]
        self.fields["folder_language"].choices = [("", CHOOSE), *choices(languages)]

    @property
    def radios(self):
        """The outcomes, each with the names of the lines it asks for."""
        return [(option, self.asks.get(option.value, "")) for option in self["outcome"].options]

    @property
    def following(self):
        """The lines that only some outcomes ask for: name and field."""
        names = ("tried", "handed_to", "next_on", "next_time", "with_sum")
        return [(name, self[name]) for name in names if name in self.fields]


def _missing(outcome: Outcome, given: dict) -> Iterator[tuple[str, Any]]:
    """Which lines does this outcome ask for that are empty, and what is said there?"""
    if outcome.needs_note and not given.get("note"):
        yield "note", NOTE_MISSING
    if outcome.needs_tried and not given.get("tried"):
        yield "tried", TRIED_MISSING
    if outcome.needs_handed_to and not given.get("handed_to"):
        yield "handed_to", HANDED_TO_MISSING
    if outcome.needs_next and not given.get("next_on"):
        yield "next_on", NEXT_MISSING


def _asked(outcome: Outcome) -> list[str]:
    """Which lines does this outcome ask for?"""
    names = ["outcome_on"]
    names += ["tried"] if outcome.needs_tried else []
    names += ["handed_to"] if outcome.needs_handed_to else []
    names += ["next_on", "next_time"] if outcome.needs_next else []
    return names + (["with_sum"] if outcome.gives_consent else [])


class TakeBack(forms.Form):
    """Why what was recorded last is wrong. `recorded` is how many outcomes the page showed."""

    recorded = forms.HiddenField()
    reason = forms.LongTextField(
        label=_("What was recorded wrongly?"), help_text=_("It stays readable, with your name."), rows=2
    )

    def clean_recorded(self) -> int:
        text = self.cleaned_data["recorded"]
        if not text.isdecimal():
            raise forms.ValidationError(self.fields["recorded"].error_messages["required"])
        return int(text)


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
