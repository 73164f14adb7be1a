"""Which versions of the pathways the municipality has approved, and what those who approve them read."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation import gettext

from fotspor.instruments import queries as instruments
from fotspor.kit import phrases
from fotspor.pathways import labels
from fotspor.pathways.models import Enrolment
from fotspor.pathways.queries import definitions
from fotspor.pathways.rules.handovers import Deadlines
from fotspor.pathways.rules.plans import Booking, Ladder, Loss, Pathway, Topics

KIND = "pathway"


def may_be_followed(slug: str, version: str) -> bool:
    """May journeys be planned by this version here? In production somebody must have approved it as it stands."""
    if not settings.IS_PRODUCTION:
        return True
    return instruments.approved(KIND, slug, version) is not None


def version_to_follow(slug: str) -> str:
    """Which version do new journeys follow: the newest that may be followed? Empty while there is none."""
    versions = instruments.versions_of(KIND, slug)
    return next((version for version in versions if may_be_followed(slug, version)), "")


def in_the_way() -> list[str]:
    """Which pathways, by title, keep a plan from being made: not approved, or in use in a version that is not?"""
    if not settings.IS_PRODUCTION:
        return []
    missing = {slug for slug in definitions.SLUGS if not version_to_follow(slug)}
    in_use = Enrolment.objects.filter(ended_on=None, journey__closed_on=None).exclude(pathway_version="")
    for slug, version in in_use.order_by().values_list("pathway", "pathway_version").distinct():
        if not may_be_followed(slug, version):
            missing.add(slug)
    return titles(slug for slug in definitions.SLUGS if slug in missing)


def titles(slugs: Iterable[str]) -> list[str]:
    """What are these pathways called, in the viewer's language?"""
    return [gettext(definitions.pathway(slug).title) for slug in slugs]


def waiting(slug: str) -> int:
    """How many journeys wait for a version of this pathway that they may follow?"""
    return Enrolment.objects.filter(pathway=slug, pathway_version="", ended_on=None, journey__closed_on=None).count()


def _table(pathway: Pathway) -> instruments.Table:
    rows = tuple(
        (
            f"{step.key} {gettext(step.title)}",
            str(labels.ANCHORS[step.anchor]),
            *(labels.offset_words(offset) for offset in (step.earliest, step.due, step.latest)),
        )
        for step in pathway.steps
    )
    heads = (gettext("Contact"), gettext("Counted from"), gettext("First day"), gettext("Best by"), gettext("Last day"))
    return instruments.Table(gettext("The contacts, and between which days each can be held"), heads, rows)


def _routine_table(routine: Ladder | Loss | Booking | Deadlines | Topics) -> instruments.Table:
    if isinstance(routine, Topics):
        return instruments.Table(
            gettext("What each contact is about"), (gettext("Contact"), gettext("Topics")), tuple(_topics(routine))
        )
    caption, heads = gettext("The numbers of this routine"), (gettext("What"), gettext("How many"))
    return instruments.Table(caption, heads, tuple(_lines(routine)))


def _topics(routine: Topics) -> Iterator[tuple[str, str]]:
    titles = {step.key: step.title for slug in definitions.SLUGS for step in definitions.pathway(slug).steps}
    for each in routine.contacts:
        yield f"{each.step} {gettext(titles[each.step])}", "; ".join(gettext(one.topic) for one in each.about)
    yield gettext("Every contact with a child"), "; ".join(gettext(one.topic) for one in routine.always)


def _lines(routine: Ladder | Loss | Booking | Deadlines) -> Iterator[tuple[str, str]]:
    if isinstance(routine, Ladder):
        for rung in routine.rungs:
            what = gettext("Time %(count)s: %(title)s") % {"count": rung.count, "title": gettext(rung.title)}
            yield what, labels.working_days(rung.working_days)
    elif isinstance(routine, Loss):
        yield gettext(routine.call.title), labels.working_days(routine.call.due_working_days)
        yield gettext("Latest"), labels.working_days(routine.call.latest_working_days)
    elif isinstance(routine, Booking):
        yield gettext("An appointment is taken to last"), gettext("%(n)s minutes") % {"n": routine.minutes}
    else:
        yield gettext("A newborn's baton is answered within"), labels.working_days(routine.newborn_working_days)
        yield gettext("Another baton is answered within"), labels.working_days(routine.other_working_days)
        confirmed = labels.working_days(routine.confirm_working_days)
        yield gettext("A baton from birth or register is confirmed within"), confirmed
        yield gettext("A newborn is younger than"), phrases.days(routine.newborn_age_days)
        yield gettext("An unborn child counts as one, before the due date"), phrases.days(routine.near_term_days)
        yield gettext("The former unit can open the record for"), phrases.days(routine.trace_days)


ROUTINES = instruments.Shelf(definitions.routine_files, definitions.read_routine, table=_routine_table)
SHELF = instruments.Shelf(definitions.pathway_files, definitions.read_pathway, table=_table, waiting=waiting)
