"""Which versions of the pathways the municipality has approved, and what those who approve them read."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext

from fotspor.instruments import queries as instruments
from fotspor.pathways import labels
from fotspor.pathways.models import Enrolment
from fotspor.pathways.queries import definitions
from fotspor.pathways.rules.plans import Pathway

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


SHELF = instruments.Shelf(definitions.pathway_files, definitions.read_pathway, table=_table, waiting=waiting)
