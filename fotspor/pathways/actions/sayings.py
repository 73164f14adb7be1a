"""What may not go along with a child: a score from somebody's own form, or that there was one."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.instruments import queries as instruments
from fotspor.instruments.rules import told_by
from fotspor.kit.errors import Refused
from fotspor.pathways.queries.definitions import tells_a_score
from fotspor.people.models import Journey


class SaysAScore(Refused):
    """A score from somebody's own form would go with the baton, or stand on the trail."""

    def __init__(self):
        super().__init__(_("The text says a score. Scores stay in the parent's own record: write what was agreed."))


class TellsOfAForm(Refused):
    """That a parent answered a form, or of what it was about, would go along unless she has released it."""

    def __init__(self, word: str):
        super().__init__(
            _(
                "«%(word)s» tells of what a parent has answered, and that stays in the parent's own record. Leave out "
                "the form and what it was about, and write what was agreed. What a parent has let us share stands on "
                "the child's page."
            )
            % {"word": word}
        )


def _require_untold(text: str, *, journey: Journey, at: datetime) -> None:
    """May these words go along with the child, and stand on the trail? Errors: SaysAScore, TellsOfAForm."""
    if tells_a_score(text):
        raise SaysAScore
    released: frozenset[str] = frozenset()
    if journey.child_id is not None:
        released = instruments.released_instruments(child_id=journey.child_id, on=timezone.localdate(at))
    if word := told_by(text, instruments.telling(), may_be_named=released):
        raise TellsOfAForm(word)
