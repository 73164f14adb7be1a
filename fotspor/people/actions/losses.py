"""A loss was recorded by mistake: the pregnancy is ongoing, and what the loss had ended goes on where it was."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.people.actions.pregnancies import AlreadyExpecting
from fotspor.people.models import Correction, Journey, Pregnancy
from fotspor.people.queries import require_record

LOST = (Pregnancy.Outcome.LOSS, Pregnancy.Outcome.STILLBIRTH)


class NotLost(Refused):
    """No loss is recorded, or it has been taken back already."""


@transaction.atomic
def take_back_loss(*, journey: Journey, reason: str, by: Viewer, at: datetime) -> Journey:
    """The loss was recorded by mistake: the journey goes on. What the slices above had planned they take up again.

    Shape   `reason` is kept with the corrections of the mother, with the outcome and the day that stood there. A twin
            who did not live is part of the birth, and is not taken back alone.
    Errors  NotAllowed, NotVisible; NotLost; AlreadyExpecting when she is pregnant again, or has died since.
    """
    lost = Journey.objects.filter(child=None, close_reason=Journey.CloseReason.LOSS, pregnancy__outcome__in=LOST)
    journey = lost.select_for_update(of=("self",)).select_related("pregnancy__mother").filter(pk=journey.pk).first()
    if journey is None:
        raise NotLost(_("No loss is recorded. Nothing was changed."))
    pregnancy, mother = journey.pregnancy, journey.pregnancy.mother
    require_record(by, mother, at)
    if mother.died_on is not None or mother.pregnancies.filter(outcome=Pregnancy.Outcome.ONGOING).exists():
        raise AlreadyExpecting(_("An ongoing pregnancy is registered for her already, or she has died."))
    before, recorded_at = f"{pregnancy.outcome} {pregnancy.ended_on.isoformat()}", journey.closed_at
    pregnancy.outcome, pregnancy.ended_on = Pregnancy.Outcome.ONGOING, None
    pregnancy.save_if_unchanged(pregnancy.version, ["outcome", "ended_on"])
    journey.reopen()
    about = {"person": mother, "journey": journey, "what": Correction.What.LOST, "before": before}
    Correction.objects.keep(**about, reason=reason, by_id=by.staff_id, at=at)
    seen = {"person": mother.key, "purpose": Purpose.CARE, "object": journey.in_log}
    access.log(type="people.pregnancy.loss_taken_back", by=by, at=at, **seen)
    facts = {"recorded_at": recorded_at}
    ids = {"person_id": mother.id, "journey_id": journey.id}
    announce(Fact(kind=Kind.EXPECTED_AGAIN, at=at, by_id=by.staff_id, **ids, facts=facts))
    return journey
