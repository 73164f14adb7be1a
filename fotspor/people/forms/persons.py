"""Who somebody is: facts, identity number, two entries that are one. Some are lent to the slices above."""

from datetime import date
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms
from fotspor.kit.errors import Refused
from fotspor.people import labels, queries
from fotspor.people.rules import dwelling_number

REASON_LENGTH = 10
NO_GRADE = "none"
PLAIN = ("given_name", "family_name", "sex", "interpreter_language", "is_new_to_norwegian", "phone", "gp_name",
         "protection", "address_protection", "moved_from")  # fmt: skip
WHOLE_SENTENCE = _("Write a sentence, so that somebody reading it in ten years understands.")


class NumberField(forms.TextField):
    """An identity number, typed with or without spaces. Gives eleven digits, or nothing when it may be left out."""

    attributes = {**forms.TextField.attributes, "inputmode": "numeric", "size": 14, "data-width": "auto"}

    def clean(self, value):
        text = super().clean(value)
        try:
            identifier = queries.read_number(text)
        except Refused as refused:
            raise forms.ValidationError(refused.message) from None
        return identifier.number if identifier else ""


class MunicipalityField(forms.TextField):
    """Another municipality, as somebody says it: by its name, or by its number."""

    default_validators = [
        RegexValidator(r"^([0-9]{4}|[^0-9].*)$", _("Write the municipality's name, or its number of four digits."))
    ]

    def __init__(self):
        told = _("Name or number of the municipality. Shown first on the child's way.")
        super().__init__(label=_("Moved here from"), help_text=told, required=False, max_length=60)


class ReasonField(forms.LongTextField):
    """Why. Kept encrypted with what it explains, never in the log."""

    def __init__(self, **options):
        options.setdefault("label", _("Why?"))
        options.setdefault("help_text", WHOLE_SENTENCE)
        super().__init__(min_length=REASON_LENGTH, max_length=1000, **options)


class DwellingField(forms.TextField):
    """Which flat of a house with several, as the register numbers them. Gives «H0101», however it is typed."""

    attributes = {**forms.TextField.attributes, "size": 7, "data-width": "auto"}

    def clean(self, value):
        try:
            return dwelling_number(super().clean(value))
        except ValueError:
            raise forms.ValidationError(
                _("A dwelling number is one of the letters H, U, K and L, and four digits, such as H0101.")
            ) from None


class AddressFields(forms.Form):
    """Where somebody is registered; the districts are the municipality's."""

    street = forms.TextField(label=_("Street and number"), required=False, max_length=200)
    dwelling = DwellingField(
        label=_("Dwelling number"),
        required=False,
        max_length=10,
        help_text=_("In a house with several flats, such as H0101. The same for all who live in the flat."),
    )
    postcode = forms.TextField(
        label=_("Postcode"),
        required=False,
        validators=[RegexValidator(r"^[0-9]{4}$", _("A postcode has four digits."))],
        attributes={"inputmode": "numeric", "size": 5, "data-width": "auto"},
    )
    city = forms.TextField(label=_("Town"), required=False, max_length=100)
    district = forms.SelectField(
        label=_("District"), required=False, help_text=_("Decides which unit gets the journey.")
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["district"].choices = [("", _("Not known")), *queries.district_choices()]

    def address(self) -> dict[str, Any]:
        """The address as the actions take it."""
        found = {name: self.cleaned_data[name] for name in ("street", "dwelling", "postcode", "city")}
        return {**found, "district": queries.district_by_key(self.cleaned_data["district"])}


class PersonFields(AddressFields):
    """Everything that is written about one person when she is registered."""

    number = NumberField(
        label=_("Identity number"),
        required=False,
        help_text=_("Eleven digits: birth number, D-number or help number. Leave it empty if there is none yet."),
    )
    given_name = forms.TextField(label=_("First and middle name"), max_length=200)
    family_name = forms.TextField(label=_("Last name"), max_length=200)
    born_on = forms.DayField(
        label=_("Birth date"), help_text=_("Ask for it. It is never read out of the identity number.")
    )
    sex = forms.RadioField(label=_("Sex"), choices=labels.SEX, initial="unknown")
    language = forms.SelectField(
        label=_("Language spoken at home"), required=False, choices=labels.LANGUAGES, empty=_("Not known")
    )
    second_language = forms.SelectField(
        label=_("Another language at home"), required=False, choices=labels.LANGUAGES, empty=_("None")
    )
    interpreter_language = forms.SelectField(
        label=_("Needs an interpreter in"), required=False, choices=labels.LANGUAGES, empty=_("No interpreter")
    )
    is_new_to_norwegian = forms.CheckField(label=_("Is still learning Norwegian"))
    phone = forms.TextField(label=_("Telephone"), required=False, max_length=20, attributes={"type": "tel"})
    gp_name = forms.TextField(label=_("GP"), required=False, max_length=100)
    protection = forms.SelectField(
        label=_("Address protection of the person"),
        choices=labels.PROTECTION,
        initial=NO_GRADE,
        help_text=_("As the population register says. The grade is itself confidential."),
    )
    address_protection = forms.SelectField(
        label=_("Grade of the address"), choices=labels.ADDRESS_PROTECTION, initial=NO_GRADE
    )
    # The keys of the likely duplicates that were shown, so that one who comes in between is shown too.
    dismissed = forms.HiddenField(required=False)

    field_order = ["number", "given_name", "family_name", "born_on", "sex", "language", "second_language",
                   "interpreter_language", "is_new_to_norwegian", "street", "dwelling", "postcode", "city", "district",
                   "moved_from", "phone", "gp_name", "protection", "address_protection"]  # fmt: skip

    def clean_born_on(self) -> date | None:
        born_on = self.cleaned_data["born_on"]
        if born_on is not None and born_on > self.today:
            raise forms.ValidationError(_("The birth date cannot be in the future."))
        return born_on

    def __init__(self, *args, today: date, **options):
        self.today = today
        super().__init__(*args, **options)

    def clean(self):
        cleaned = super().clean()
        graded = {cleaned.get("protection", NO_GRADE), cleaned.get("address_protection", NO_GRADE)} != {NO_GRADE}
        if graded and any(cleaned.get(name) for name in ("street", "dwelling", "postcode")):
            self.add_error("street", _("A protected person has no address here. Take it out."))
        if graded and cleaned.get("moved_from"):
            self.add_error("moved_from", _("Where a protected person came from is not kept here. Take it out."))
        return cleaned

    def person_values(self) -> dict[str, Any]:
        """What was typed, as `actions.register_person` takes it."""
        spoken = [self.cleaned_data[name] for name in ("language", "second_language")]
        languages = list(dict.fromkeys(language for language in spoken if language))
        found = {name: self.cleaned_data[name] for name in (*PLAIN, "born_on", "number") if name in self.cleaned_data}
        return {**found, "languages": languages, **self.address()}

    def dismissed_keys(self) -> list[str]:
        """Which likely duplicates has somebody said are others?"""
        return [key for key in self.cleaned_data.get("dismissed", "").split() if key]


class ChangePerson(PersonFields):
    """What is written about a person. A newborn may still be without a name; dates are corrected with a reason."""

    born_on = None
    dismissed = None
    moved_from = MunicipalityField()
    version = forms.VersionField()

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["given_name"].required = self.fields["family_name"].required = False


def person_initial(person) -> dict[str, Any]:
    """What stands about this person, as the form takes it."""
    languages = [*person.languages, "", ""]
    return {
        **{name: getattr(person, name) for name in (*PLAIN, "street", "dwelling", "postcode", "city", "version")},
        "number": person.identity_number or "",
        "language": languages[0],
        "second_language": languages[1],
        "district": person.district.key if person.district else "",
    }


class ChildFields(PersonFields):
    """A child who was not expected here: moved in, or born elsewhere."""

    guardian_number = NumberField(
        label=_("Identity number of a parent or guardian"),
        required=False,
        help_text=_("Must be registered already. More guardians are added on the child's page."),
    )
    guardian_kind = forms.SelectField(
        label=_("Is the child's"), required=False, choices=labels.GUARDIAN_KIND, initial="mother"
    )
    custody = forms.SelectField(
        label=_("Parental responsibility"), required=False, choices=labels.CUSTODY, initial="unknown"
    )
    moved_from = MunicipalityField()


class PregnancyFields(forms.Form):
    """A pregnancy as the midwife registers it."""

    due_on = forms.DayField(label=_("Due date"))
    due_source = forms.RadioField(label=_("How was it found?"), choices=labels.DUE_SOURCE)
    is_first = forms.SelectField(
        label=_("First child?"),
        required=False,
        choices=[("yes", _("Yes")), ("no", _("No"))],
        empty=_("Not known"),
    )

    # Asked only about somebody registered as male.
    confirmed = forms.CheckField(label=_("Registered as male, and pregnant: this is the right person"), required=True)

    def __init__(self, *args, sex: str = "", **options):
        super().__init__(*args, **options)
        if (self.data.get(self.add_prefix("sex")) or sex) != "male":
            del self.fields["confirmed"]

    def pregnancy_values(self) -> dict[str, Any]:
        """What was typed, as `actions.register_pregnancy` takes it."""
        is_first = {"yes": True, "no": False}.get(self.cleaned_data["is_first"])
        return {
            "confirmed": self.cleaned_data.get("confirmed", False),
            "due_on": self.cleaned_data["due_on"],
            "due_source": self.cleaned_data["due_source"],
            "is_first": is_first,
        }


class MergeChoice(forms.Form):
    """Which other entry is the same person?"""

    other = forms.RadioField(label=_("Likely the same person"), required=False)
    number = NumberField(label=_("Or by identity number"), required=False)

    def __init__(self, *args, likely: list[tuple[str, str]], **options):
        super().__init__(*args, **options)
        self.fields["other"].choices = likely
        if not likely:
            del self.fields["other"]

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("other")) == bool(cleaned.get("number")) and not self.errors:
            self.add_error("number", _("Choose somebody, or write the identity number. Not both."))
        return cleaned


class Merge(forms.Form):
    reason = ReasonField(label=_("How do you know that they are one person?"))


class TakeIn(forms.Form):
    number = NumberField(
        label=_("Identity number"),
        help_text=_("Exactly. What you find is logged with your name, also if you go no further."),
    )


class TakeInReason(forms.Form):
    reason = ReasonField(label=_("Why do you take in the person?"))
    until_on = forms.DayField(
        label=_("Until"), required=False, help_text=_("Thirty days when you write nothing, ninety at most.")
    )
