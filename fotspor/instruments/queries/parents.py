"""The one who answered, as a parent: of whom, and as what."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from fotspor.access import queries as access
from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.instruments.models import Response
from fotspor.people.models import Guardianship, Person

MOTHER, FATHER, CO_MOTHER = PARENTS = (
    Guardianship.Kind.MOTHER.value,
    Guardianship.Kind.FATHER.value,
    Guardianship.Kind.CO_MOTHER.value,
)


def held_by(parent_id: int, on: date) -> QuerySet[Guardianship]:
    """Whose parent is this, that day?"""
    return Guardianship.objects.filter(guardian_id=parent_id, from_on__lte=on).exclude(until_on__lte=on)


def children_of(*, viewer: Viewer, response: Response, at: datetime) -> tuple[Person, ...]:
    """On which children's pages may a sentence from the parent stand? Those the viewer may open, and who live."""
    seen = access.may_be_seen("child", viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    held = held_by(response.subject_id, timezone.localdate(at)).filter(seen, child__died_on=None)
    found = {each.child_id: each.child for each in held.select_related("child").order_by("child__born_on", "child_id")}
    return tuple(found.values())


def own_kind(person: Person) -> str:
    """As what does somebody answer whom nothing else is known of here?"""
    if person.sex == Person.Sex.MALE:
        return FATHER
    held = Guardianship.objects.filter(guardian=person).order_by("-from_on").first()
    return CO_MOTHER if held is not None and held.kind == CO_MOTHER else MOTHER


def kind_beside(other: Person) -> str:
    """As what does the other parent of a pregnancy answer?"""
    return FATHER if other.sex == Person.Sex.MALE else CO_MOTHER


def kinds_of(response: Response) -> tuple[str, ...]:
    """As what may this person have answered this form: mother, father or co-mother?

    Shape   a form on her own pregnancy is the mother's. Else as what the person is to the child or the pregnancy it is
            about; where it is about none, to any; with neither, as a form begun at the person's own page says. One that
            came as a file keeps what the file said.
    """
    person, journey = response.subject, response.journey
    if response.study_id:
        return (response.informant_kind,)
    pregnancy = journey.pregnancy if journey is not None and not journey.is_sealed else None
    if pregnancy is not None and pregnancy.mother_id == person.pk:
        return (MOTHER,)
    held = Guardianship.objects.filter(guardian=person, kind__in=PARENTS)
    if journey is not None and journey.child_id:
        held = held.filter(child=journey.child_id)
    kinds = set(held.values_list("kind", flat=True))
    if pregnancy is not None and pregnancy.other_parent_id == person.pk:
        kinds.add(kind_beside(person))
    return tuple(kind for kind in PARENTS if kind in kinds) or (own_kind(person),)
