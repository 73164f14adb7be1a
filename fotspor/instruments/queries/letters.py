"""The letter to the GP about a form: from facts, only on the parent's own yes, and by default without scores."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from fotspor.access import queries as access
from fotspor.access.rules import Viewer
from fotspor.instruments.models import Response
from fotspor.instruments.queries.definitions import instrument
from fotspor.instruments.queries.duties import DutyPage, duty_page
from fotspor.kit import phrases

# What the letter may say, by the routine's own words.
TALK, TALKED, SUPPORT, DECLINED = "talk", "talked", "support", "wants_no"
NORWEGIAN = ("nb", "nn")  # whatever language the sender's screen has: the GP reads Norwegian


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to print or copy."""

    page: DutyPage
    paragraphs: tuple[str, ...]
    initials: str


def letter_page(*, viewer: Viewer, key: str, at: datetime) -> Letter:
    """What does the letter to the GP say? Errors: NotVisible, also when the parent has not said yes or took it back."""
    page = duty_page(viewer=viewer, key=key, at=at)
    if not (page.step.writes_letter and page.consent_stands) or page.response.withdrawn_at is not None:
        raise access.NotVisible
    person = page.response.subject
    own = get_language()
    with override(own if own in NORWEGIAN else NORWEGIAN[0]):
        return Letter(page, tuple(_paragraphs(page)), f"{person.given_name[:1]}{person.family_name[:1]}")


def _outcomes(response: Response) -> dict[str, str]:
    """What has come of each step that stands? Empty text for one that waits."""
    return dict(response.root.duties.standing().values_list("step", "outcome"))


def _paragraphs(page: DutyPage) -> list[str]:
    """The letter, sentence by sentence. Never an answer to one question; the sum only on her own yes to it."""
    response, consent = page.response, page.consent
    form = instrument(response.instrument, response.instrument_version)
    person, outcomes = response.subject, _outcomes(response)
    facts = {
        "name": person.name,
        "born": phrases.day(person.born_on, year=True) if person.born_on else "–",
        "form": _(form.title),
        "unit": page.unit_name,
        "day": phrases.day(response.answered_on, year=True),
        "consent_day": phrases.day(consent.from_on, year=True),
        "total": response.total if response.total is not None else f"{response.lowest}–{response.highest}",
        "most": form.max_points,
    }
    said = [
        _("About %(name)s, born %(born)s.") % facts,
        _("%(name)s answered the form %(form)s at %(unit)s on %(day)s.") % facts,
    ]
    if outcomes.get(TALK) == TALKED:
        said.append(_("We have talked about the answers."))
    if outcomes.get(SUPPORT, DECLINED) != DECLINED:
        said.append(_("We offer support conversations."))
    said.append(_("We would like you to know, and to follow up in the way you find right."))
    if page.with_sum:
        said.append(
            _("The sum was %(total)s of %(most)s. It is a starting point for a conversation, not a diagnosis.") % facts
        )
    said.append(_("%(name)s said yes to this letter on %(consent_day)s. The yes can be taken back.") % facts)
    return said
