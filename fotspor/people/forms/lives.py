"""What happens to a person: birth, loss, death, moving, guardians, and a date that was written wrong."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms
from fotspor.people import labels
from fotspor.people.forms.persons import AddressFields, NumberField, PregnancyFields, ReasonField
from fotspor.people.rules import Newborn

MOST_CHILDREN = 4


class Birth(forms.Form):
    """A birth of one child or several. How many is chosen on the page, so that it works without JavaScript."""

    born_on = forms.DayField(label=_("Born on"))
    stillborn = forms.NumberField(
        label=_("Were there others, who did not live? How many?"),
        required=False,
        min_value=0,
        max_value=MOST_CHILDREN,
        help_text=_("Nothing is expected of them. Only the mother's midwives see that they were."),
    )

    def __init__(self, *args, count: int = 1, **options):
        super().__init__(*args, **options)
        self.count = count
        for order in range(1, count + 1):
            self.fields[f"sex_{order}"] = forms.RadioField(label=_("Sex"), choices=labels.SEX_OF_CHILD)
            self.fields[f"given_name_{order}"] = forms.TextField(
                label=_("First name"), required=False, max_length=200, help_text=_("May be written later.")
            )
            self.fields[f"family_name_{order}"] = forms.TextField(label=_("Last name"), required=False, max_length=200)
            self.fields[f"number_{order}"] = NumberField(label=_("Identity number"), required=False)

    def groups(self) -> list[tuple[int, list[Any]]]:
        """One group of fields for each child."""
        names = ("sex", "given_name", "family_name", "number")
        return [(order, [self[f"{name}_{order}"] for name in names]) for order in range(1, self.count + 1)]

    def birth_values(self) -> dict[str, Any]:
        """What was typed, as `actions.record_birth` takes it: the living children in birth order."""
        names = ("sex", "given_name", "family_name", "number")
        children = [
            Newborn(**{name: self.cleaned_data[f"{name}_{order}"] for name in names})
            for order in range(1, self.count + 1)
        ]
        return {
            "born_on": self.cleaned_data["born_on"],
            "children": children,
            "stillborn": self.cleaned_data["stillborn"] or 0,
        }


class Loss(forms.Form):
    """A pregnancy that ended."""

    outcome = forms.RadioField(label=_("How did it end?"), choices=labels.LOSS)
    ended_on = forms.DayField(label=_("On which day?"))


class Death(forms.Form):
    died_on = forms.DayField(label=_("Died on"))


class DeathDate(Death):
    """A date of death that was written wrong. A death that was none is taken back instead."""

    reason = ReasonField()


class Move(AddressFields):
    """A new registered address, for one or for the household."""

    moved_on = forms.DayField(
        label=_("Moved on"), help_text=_("A move that is planned is recorded when it has happened.")
    )
    where = forms.RadioField(
        label=_("Where to?"),
        choices=[("inside", _("Within the municipality")), ("outside", _("To another municipality"))],
        initial="inside",
    )
    is_unknown = forms.CheckField(label=_("The new address is not known"))
    also = forms.ChecksField(label=_("Who moved along?"), required=False)

    field_order = ["moved_on", "where", "street", "dwelling", "postcode", "city", "district", "is_unknown", "also"]

    def __init__(self, *args, household: list[tuple[str, str]], **options):
        super().__init__(*args, **options)
        self.fields["also"].choices = household
        if not household:
            del self.fields["also"]

    def clean(self):
        """Nothing typed must not wipe out where they live, with the district that names their unit."""
        cleaned = super().clean()
        has_address = any(cleaned.get(name) for name in ("street", "district"))
        is_unknown = cleaned.get("is_unknown")
        if is_unknown and has_address:
            self.add_error("is_unknown", _("Take the tick away, or leave the address and the district empty."))
        elif cleaned.get("where") == "inside" and not (has_address or is_unknown or "street" in self.errors):
            self.add_error("street", _("Write the new address, or choose the district."))
        return cleaned

    @property
    def is_outside(self) -> bool:
        return self.cleaned_data["where"] == "outside"


class Guardian(forms.Form):
    """A parent or guardian: chosen among those at hand, or named by the exact identity number."""

    person = forms.SelectField(label=_("Who?"), required=False, empty=_("By identity number"))
    number = NumberField(label=_("Identity number"), required=False)
    kind = forms.RadioField(label=_("Is the child's"), choices=labels.GUARDIAN_KIND)
    custody = forms.SelectField(
        label=_("Parental responsibility"),
        choices=labels.CUSTODY,
        help_text=_("Holds for all of the child's guardians. It decides who can consent."),
    )
    from_on = forms.DayField(label=_("From"))

    def __init__(self, *args, people: list[tuple[str, str]], **options):
        super().__init__(*args, **options)
        self.fields["person"].choices = [("", _("By identity number")), *people]
        if not people:
            del self.fields["person"]
            self.fields["number"].required = True

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("person")) == bool(cleaned.get("number")) and "number" not in self.errors:
            self.add_error("number", _("Choose somebody, or write the identity number. Not both."))
        return cleaned


class GuardianEnd(forms.Form):
    until_on = forms.DayField(label=_("Until"), help_text=_("The first day it no longer holds."))
    custody = forms.SelectField(
        label=_("Parental responsibility from then"), required=False, choices=labels.CUSTODY, empty=_("As before")
    )


class Adoption(forms.Form):
    """Who the child's guardians are from now on. The way back to the pregnancy is sealed."""

    adopted_on = forms.DayField(label=_("Adopted on"))
    number_1 = NumberField(label=_("Identity number of the first guardian"))
    kind_1 = forms.SelectField(label=_("Is the child's"), choices=labels.GUARDIAN_KIND)
    number_2 = NumberField(label=_("Identity number of the second guardian"), required=False)
    kind_2 = forms.SelectField(label=_("The second is the child's"), required=False, choices=labels.GUARDIAN_KIND)
    custody = forms.SelectField(label=_("Parental responsibility"), choices=labels.CUSTODY)
    reason = ReasonField(label=_("What is it recorded from?"))
    understood = forms.CheckField(
        label=_("I know that the way back to the pregnancy is sealed for everybody"), required=True
    )


class BirthDate(forms.Form):
    born_on = forms.DayField(label=_("Right birth date"))
    reason = ReasonField()


class DueDate(PregnancyFields):
    """A due date that was corrected, as after an ultrasound."""

    is_first = None
    reason = ReasonField()
