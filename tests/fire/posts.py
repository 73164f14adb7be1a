"""The forms whose loss would hurt most: who sends each, where, with what, and what stands there when it is done."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.instruments.models import Approval, Duty, Response
from fotspor.kit.middleware import TOKEN_FIELD
from fotspor.kit.models import Submission
from fotspor.pathways.models import Baton, Contact, Handover
from fotspor.people.models import Journey, Person
from fotspor.services.models import Unit
from tests.fire.own import Own, opened, posted
from tests.journeys.world import TODAY, day

TOKEN = "sendt-en-gang-fra-en-side"


@dataclass(frozen=True)
class Post:
    """One form. `where` gives address, page and what is written; `counts` what there is one more of when it is done."""

    who: str
    where: Any
    counts: Any
    event: str

    def open(self, own: Own, who: str = "", **changed):
        """Somebody opens the page. What is sent from it, when she presses the button: an act for a child."""
        who = who or self.who

        def open_it():
            url, page, values = self.where()
            return [url, {**opened(own, who, page), **values, **changed, TOKEN_FIELD: f"{TOKEN}-{who}"}]

        return posted(own, who, *own.ask(open_it))

    def stands(self):
        """In a child: how many of each thing, how many lines of the log that say so, how many forms received."""
        return [*self.counts(), AuditEvent.objects.filter(type=self.event).count(), Submission.objects.count()]


def _mother(given: str) -> Person:
    return Person.objects.get(given_name=given)


def _journey(given: str) -> Journey:
    return Journey.objects.get(child__given_name=given)


def _signing():
    response = Response.objects.get(signed_at=None)
    key, values = response.key, {f"epds{n:02}": 2 for n in range(1, 11)}
    values |= {"answered_on": TODAY.isoformat(), "language": "nb", "occasion": "six_weeks", "version": response.version}
    return reverse("instruments:response_sign", args=[key]), reverse("instruments:response", args=[key]), values


def _signed():
    return [Response.objects.exclude(signed_at=None).count(), Duty.objects.filter(step="safety").count()]


def _recording():
    key = Contact.objects.get(journey=_journey("Lita"), step="H-02").key
    url = reverse("pathways:contact_record", args=[key])
    return (
        url,
        url,
        {"outcome": "held", "outcome_on": TODAY.isoformat(), "late_reason": "De var bortreist", "note": "Fint"},
    )


def _recorded():
    return [Contact.objects.exclude(outcome="").count()]


def _handing_over():
    url = reverse("pathways:handover_new", args=[_journey("Lita").key])
    holds = Baton.objects.get(journey=_journey("Lita"), until_at=None).unit
    other = Unit.objects.filter(kind=holds.kind, signs_in=True).exclude(pk=holds.pk).order_by("pk").first()
    return url, url, {"unit": other.key, "reason": "Familien flytter", "summary": ""}


def _accepting():
    handover = Handover.objects.get(journey=_journey("Rask"), accepted_at=None)
    url = reverse("pathways:handover_accept", args=[handover.key])
    return url, reverse("pathways:handover", args=[handover.key]), {}


def _bearing():
    url = reverse("people:birth", args=[Journey.objects.get(pregnancy__mother=_mother("Ánne-Máret"), child=None).key])
    return url, url, {"born_on": day(-1).date().isoformat(), "sex_1": "female", "given_name_1": "Ny", "stillborn": ""}


def _approving():
    url = reverse("instruments:definition", args=["routine", "epds"])
    return url, url, {"has_read": "on"}


POSTS = {
    "a form is signed": Post("nurse", _signing, _signed, "instruments.response.signed"),
    "a contact is recorded": Post("nurse", _recording, _recorded, "pathways.contact.recorded"),
    "the baton is offered": Post(
        "nurse", _handing_over, lambda: [Handover.objects.count()], "pathways.handover.sent"
    ),
    "the baton is taken over": Post(
        "nurse", _accepting, lambda: [Handover.objects.exclude(accepted_at=None).count(), Baton.objects.count()],
        "pathways.handover.accepted",
    ),
    "a child is born": Post(
        "midwife", _bearing, lambda: [Person.objects.count(), Journey.objects.exclude(child=None).count()],
        "people.birth.recorded",
    ),
    "a definition is published": Post(
        "administrator", _approving, lambda: [Approval.objects.count()], "instruments.definition.approved"
    ),
}  # fmt: skip
