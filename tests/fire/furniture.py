"""What stands in the drawers when something is killed: a form that is begun, and a routine not yet approved."""

from fotspor.instruments import actions as instruments
from fotspor.instruments.models import Approval
from tests.journeys.world import NOW, TODAY


def put_in(world) -> None:
    instruments.save_draft(
        subject=world.mother("six_weeks"), informant_kind="mother", instrument="epds",
        answers={f"epds{n:02}": 2 for n in range(1, 10)}, answered_on=TODAY, journey=world.journey("six_weeks"),
        contact=world.contact("six_weeks", "H-03"), by=world.viewer("nurse"), at=NOW,
    )  # fmt: skip
    Approval.objects.filter(kind="routine").delete()
