"""Words for people: how somebody without a name is called, choices of the forms, and what is wrong with a number."""

from babel.dates import format_date
from django.utils.translation import get_language, gettext, override, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fotspor.kit import phrases
from fotspor.kit.dates import age_years
from fotspor.kit.labels import Label
from fotspor.people.models import Correction, Guardianship, Journey, Person, Pregnancy
from fotspor.people.rules import OF_AGE, Likeness, MergeRefusal

SEX = Person.Sex.choices
SEX_OF_CHILD = [
    (Person.Sex.FEMALE.value, pgettext_lazy("sex", "Girl")),
    (Person.Sex.MALE.value, pgettext_lazy("sex", "Boy")),
    (Person.Sex.UNKNOWN.value, _("Not known")),
]
SEX_OF_ADULT = [
    (Person.Sex.FEMALE.value, pgettext_lazy("sex", "Woman")),
    (Person.Sex.MALE.value, pgettext_lazy("sex", "Man")),
    (Person.Sex.UNKNOWN.value, _("Not known")),
]
PROTECTION = Person.Protection.choices
ADDRESS_PROTECTION = Person.AddressProtection.choices
GUARDIAN_KIND = Guardianship.Kind.choices
CUSTODY = Guardianship.Custody.choices
DUE_SOURCE = Pregnancy.DueSource.choices
LOSS = [
    (Pregnancy.Outcome.LOSS.value, Pregnancy.Outcome.LOSS.label),
    (Pregnancy.Outcome.STILLBIRTH.value, Pregnancy.Outcome.STILLBIRTH.label),
]
CORRECTED = Correction.What

# The languages most asked for; others are typed as their code on import.
LANGUAGES = [
    ("no", _("Norwegian")),
    ("se", _("Northern Sami")),
    ("sma", _("Southern Sami")),
    ("smj", _("Lule Sami")),
    ("en", pgettext_lazy("spoken", "English")),
    ("ar", _("Arabic")),
    ("fa", _("Persian or Dari")),
    ("fr", _("French")),
    ("ckb", _("Kurdish, Sorani")),
    ("kmr", _("Kurdish, Kurmanji")),
    ("lt", _("Lithuanian")),
    ("pl", _("Polish")),
    ("ps", _("Pashto")),
    ("ro", _("Romanian")),
    ("ru", _("Russian")),
    ("so", _("Somali")),
    ("es", _("Spanish")),
    ("sw", _("Swahili")),
    ("ti", _("Tigrinya")),
    ("tr", _("Turkish")),
    ("uk", _("Ukrainian")),
    ("ur", _("Urdu")),
    ("vi", _("Vietnamese")),
    ("nsl", _("Norwegian sign language")),
]

LIKENESS = {
    Likeness.SAME: _("Same name and birth date"),
    Likeness.SWAPPED: _("Same birth date, names changed about"),
    Likeness.ONE_LETTER: _("Same birth date, one letter off"),
    Likeness.DATE_CLOSE: _("Same name, almost the same birth date"),
    Likeness.HOUSEHOLD: _("Same address and birth date"),
}

MERGE_REFUSALS = {
    MergeRefusal.SAME: _("This is one entry, or one that has been joined already."),
    MergeRefusal.RELATED: _("One is the other's parent or guardian. They are two people."),
    MergeRefusal.BOTH_NUMBERED: _("Both have an identity number of the same kind. They are two people."),
    MergeRefusal.BOTH_EXPECTING: _("Both have an ongoing pregnancy. Close one as opened by mistake first."),
}

JOURNEY_OPEN = Label(_("In the programme"), "foot", "info")
CLOSED = {
    Journey.CloseReason.LOSS: Label(_("The pregnancy ended"), "MinusCircle", outline=True),
    Journey.CloseReason.DIED: Label(_("Died"), "MinusCircle", outline=True),
    Journey.CloseReason.MOVED: Label(_("Moved out of the municipality"), "ArrowRight", outline=True),
    Journey.CloseReason.SCHOOL: Label(_("Taken over by the school health service"), "CheckmarkCircle", "success"),
    Journey.CloseReason.MERGED: Label(_("Joined with another"), "Link", outline=True),
    Journey.CloseReason.MISTAKE: Label(_("Opened by mistake"), "XMark", outline=True),
}


def journey_label(journey) -> Label:
    """How does a journey stand?"""
    return JOURNEY_OPEN if journey.closed_on is None else CLOSED[journey.close_reason]


def display_name(person, language: str | None = None) -> str:
    """What is this person called on a page?

    Shape   a child without a given name: «jente, født 2. okt., mor Kari Nordmann», twins «jente 1, født ...».
    """
    if language is not None and language != get_language():
        with override(language):
            return display_name(person)
    if person.given_name:
        return person.name
    order = str(person.birth_order) if person.has_twin or person.birth_order > 1 else ""
    parts = [" ".join(part for part in (_child_word(person.sex), order, person.family_name) if part)]
    if person.born_on is not None:
        parts.append(gettext("born %(day)s") % {"day": _abbreviated(person.born_on)})
    mother = _mother(person)
    if mother is not None and mother.given_name:
        parts.append(gettext("mother %(name)s") % {"name": mother.name})
    return ", ".join(parts)


def sex_word(person, on) -> str:
    """«Jente», «Kvinne»: by age on that day."""
    is_child = person.born_on is not None and age_years(person.born_on, on) < OF_AGE
    return str(dict(SEX_OF_CHILD if is_child else SEX_OF_ADULT)[person.sex])


def _child_word(sex: str) -> str:
    if sex == Person.Sex.FEMALE:
        return pgettext("newborn", "girl")
    if sex == Person.Sex.MALE:
        return pgettext("newborn", "boy")
    return pgettext("newborn", "child")


def _mother(person):
    """Lists prefetch `mothers` (queries.mothers); a single page asks. Nobody is called by a protected mother's name."""
    found = getattr(person, "mothers", None)
    if found is None:
        found = person.guardianships.naming()[:1]
    return next((row.guardian for row in found if not row.guardian.is_graded), None)


def _abbreviated(day) -> str:
    """«2. okt.», with the stop that an abbreviation has in running text; «2. mai», which is none."""
    if (get_language() or "nb").startswith("en"):
        return phrases.short_day(day)
    return format_date(day, "d. MMM", "nn" if get_language() == "nn" else "nb")


def initials(person) -> str:
    """What is shown of a name to somebody without a relation: «K. N.»."""
    words = [word for word in (person.given_name, person.family_name) if word]
    return " ".join(f"{word[0]}." for word in words)


def likeness(duplicate) -> str:
    """Why may this be the same person?"""
    return str(LIKENESS[duplicate.likeness])


def seen_as(duplicate) -> str:
    """A likely duplicate as this viewer may see it: the name, or initials and birth year."""
    person = duplicate.person
    if duplicate.is_visible:
        return display_name(person)
    year = person.born_on.year if person.born_on else ""
    return gettext("%(initials)s, born %(year)s") % {"initials": initials(person), "year": year}


def language_names(codes) -> str:
    """«norsk, polsk»: languages in the language of the page; one we have no word for by its code."""
    known = dict(LANGUAGES)
    return ", ".join(str(known.get(code, code)) for code in codes)


def municipality(said: str) -> str:
    """A municipality as somebody wrote it: by name, or as «municipality 9998» by its number."""
    return gettext("municipality %(number)s") % {"number": said} if said.isdigit() else said
