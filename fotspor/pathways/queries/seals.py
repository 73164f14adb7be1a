"""What an adoption's seal hides: everything from before the birth. As conditions, for `exclude` and for `filter(~...)`.

What is still open stays in sight of those who must answer it, so that nothing slips behind the seal.
"""

from django.db.models import F, Q

from fotspor.services.models import Unit

SEALED = Q(journey__is_sealed=True)
BORN_ON = F("journey__child__born_on")


def contacts() -> Q:
    """Which contacts are sealed: the pregnancy's, unplanned ones at the midwives', and any before the birth?"""
    of_pregnancy = Q(enrolment__pathway="pregnancy")
    of_midwives = Q(enrolment=None, unit__kind=Unit.Kind.MIDWIFERY)
    return SEALED & (of_pregnancy | of_midwives | Q(due_on__lt=BORN_ON) | Q(outcome_on__lt=BORN_ON))


def batons() -> Q:
    """Which stretches are sealed: finished ones at the midwives', and finished ones begun before the birth?"""
    ended = Q(until_at__isnull=False)
    return SEALED & ended & (Q(unit__kind=Unit.Kind.MIDWIFERY) | Q(since_at__date__lt=BORN_ON))


def handovers() -> Q:
    """Which handovers are sealed: those answered or taken back that came from the midwives or before the birth?"""
    names = ("accepted_at", "declined_at", "withdrawn_at", "superseded_at")
    answered = Q()
    for name in names:
        answered |= Q(**{f"{name}__isnull": False})
    unread = Q(declined_at__isnull=False, seen_at=None)  # the sender has still to choose again
    before = Q(from_unit__kind=Unit.Kind.MIDWIFERY) | Q(sent_at__date__lt=BORN_ON)
    return SEALED & answered & ~unread & before


def stops() -> Q:
    """Which stops are sealed: finished ones that began before the birth?"""
    return SEALED & Q(done_on__isnull=False, from_on__lt=BORN_ON)
