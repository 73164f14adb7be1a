"""Does a text tell a score? Scores stay in the parent's own record: they do not travel with the baton. No database."""

import re
from functools import cache

NEAR = 25  # so many characters between the number and the word that makes it a score

# Numbers as words, nb, nn and en. Those that are also small words («en», «to», «one») count only right before points.
_UNITS = "tre|fire|fem|seks|sju|syv|åtte|ni|ti|three|four|five|six|seven|eight|nine|ten"
_TEENS = (
    "elleve|tolv|tretten|fjorten|femten|seksten|sytten|atten|nitten|"
    "eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
)
_TENS = "(?:tjue|tyve|tretti|tredve|twenty|thirty)[- ]?(?:en|ein|ett|eitt|to|one|two|tre|fire|fem|seks|sju|åtte|ni)?"
_WORDS = rf"null|zero|{_UNITS}|{_TEENS}|{_TENS}"
_SMALL = "en|ett|ein|eitt|to|one|two"
_NUMBER = rf"(?:(?<![\d.,:/])\d{{1,2}}(?!\d|[.,:/]\d)|\b(?:{_WORDS})\b)"

_MONTHS = "jan|feb|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|des|dec"
_COUNTED = (
    "barn|born|child|søsken|sysken|sibling|år|year|uke|veke|week|dag|døgn|day|måned|månad|month|md|mnd|time|timar|tim|"
    "min|hour|gang|besøk|visit|møte|meeting|kontroll|konsultasjon|kontakt|svangerskap|graviditet|trinn|klasse|kg|kilo|"
    "gram|g|cm|kr|prosent|%"
)
_BEFORE = "uke|veke|week|kl|klokka|klokken|nr|no|nummer|number|rom|room|trinn|para|grad|alder|age"
_HARMLESS = re.compile(
    "|".join(
        (
            r"\b(?:tlf|telefon|mobil|phone)\w*[.:]?\s*\+?\d[\d ]*",
            r"(?<!\d)(?:\+\d{2}\s?)?(?:\d{8}|\d{3} \d{2} \d{3}|\d{2} \d{2} \d{2} \d{2})(?!\d)",  # a telephone
            r"\d{4}-\d{2}-\d{2}",
            r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])(?:[./]\d{2,4})?(?!\d)",  # a date
            rf"(?<!\d)\d{{1,2}}\.?\s*(?:{_MONTHS})\w*",
            r"(?<!\d)\d{1,2}[.:]\d{2}(?!\d)",  # a time
            r"\b\d{2}\s?\+\s?\d\b",  # a week of pregnancy and its days
            rf"\b(?:{_BEFORE})\.?\s*\d+(?:\s*[+–-]\s*\d+)?\b",
            rf"(?<!\d)(?:\d{{1,2}}|\b(?:{_WORDS}|{_SMALL}))\.?(?:\s*[–-]\s*\d{{1,2}})?[\s-]*(?:{_COUNTED})\w*",
        )
    ),
    re.IGNORECASE,
)
_FORMS = re.compile(r"\b(gad|phq)-?[279]\b", re.IGNORECASE)  # the name of a form, not what it came to
_QUESTION = re.compile(  # «question 10» names the item, and what was answered to it is not far away
    r"\b(?:spørsmål\w*|spm|item\w*|question|ledd)\.?\s*(?:nr|nummer|no|number)?\.?\s*:?\s*(?:\d{1,2}|ti|ten)\b"
    r"|\b(?:tiende|tenth|10\.)\s+(?:spørsmål|spm|item|question|ledd)",
    re.IGNORECASE,
)
_OF = re.compile(r"\b\d{1,2}\s*(?:av|of|/)\s*(?:30|40|60)\b", re.IGNORECASE)
_POINTS = re.compile(rf"\b(?:{_SMALL})\s+(?:poeng|points?)\b", re.IGNORECASE)


@cache
def _said(stems: tuple[str, ...]) -> re.Pattern[str]:
    named = rf"\b(?:{'|'.join(stems)})\w*"
    return re.compile(rf"{named}.{{0,{NEAR}}}?{_NUMBER}|{_NUMBER}.{{0,{NEAR}}}?{named}", re.IGNORECASE | re.DOTALL)


def says_a_score(text: str, stems: tuple[str, ...]) -> bool:
    """Does the text tell a score: a number, in digits or words, close to a scoring word, or an item by its number?

    Shape   `stems` begin a word and may hold a regular expression; dates, times, weeks, telephones and what is counted
            in children, days or visits are no scores. Better one refusal too many: the sender can say it otherwise.
    """
    if _QUESTION.search(text) or _OF.search(text) or _POINTS.search(text):
        return True
    return _said(stems).search(_HARMLESS.sub(" ", _FORMS.sub(r"\1", text))) is not None
