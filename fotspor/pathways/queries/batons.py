"""Who holds the baton, what has been sent and not answered, and which outsiders are on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access.queries import NotVisible, decision_for, visible_person_ids
from fotspor.access.rules import Part, Permission, Purpose, Viewer
from fotspor.kit.labels import Label
from fotspor.kit.subqueries import fetched_once
from fotspor.pathways.labels import handover_label
from fotspor.pathways.models import Baton, Handover, Stop
from fotspor.pathways.queries import definitions, seals
from fotspor.pathways.queries.own import not_own, own_person
from fotspor.pathways.rules.handovers import (
    HOLDER_KINDS,
    OPEN,
    Deadlines,
    Side,
    Standing,
    Verb,
    possible,
    reads_on,
    standing,
)
from fotspor.people.labels import display_name
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.people.queries import mothers
from fotspor.services.models import Absence, Membership, Unit
from fotspor.services.queries import administration, leaders_of
from fotspor.worklist.rules import is_overdue

UNANSWERED = {"accepted_at": None, "declined_at": None, "withdrawn_at": None, "superseded_at": None}
WITH_SUBJECT = ("journey__child", "journey__pregnancy__mother", "from_unit", "to_unit", "sent_by", "sent_unit")


def deadlines() -> Deadlines:
    """Within how many working days, and which words tell a score? See `definitions.deadlines`."""
    return definitions.deadlines()


# --- facts about one journey or handover -----------------------------------------------------------------


def people_of(journey: Journey, *, on: date) -> list[int]:
    """Whose records go with the baton? The subject first, then the child's mother; never across an adoption's seal."""
    if not journey.child_id:
        return [journey.pregnancy.mother_id]
    hers = Guardianship.objects.filter(child=journey.child_id, kind=Guardianship.Kind.MOTHER, from_on__lte=on)
    found = list(hers.exclude(until_on__lte=on).order_by("id").values_list("guardian_id", flat=True))
    if not found and journey.pregnancy_id and not journey.is_sealed:
        found = [journey.pregnancy.mother_id]
    return [journey.child_id, *found]


def unheld() -> Q:
    """Which open batons can nobody pass on: no unit has it, or one of a kind whose people take over none?

    An earlier version let a family service be chosen. Such a baton stands on the list until a leader chooses another.
    """
    return Q(unit=None) | ~Q(unit__kind__in=HOLDER_KINDS)


def standing_of(handover: Handover) -> Standing:
    """Where does this handover stand?"""
    return standing(
        accepted=handover.accepted_at is not None,
        declined=handover.declined_at is not None,
        withdrawn=handover.withdrawn_at is not None,
        superseded=handover.superseded_at is not None,
        with_leader=handover.sent_to_leader_at is not None,
    )


def sides_of(viewer: Viewer, handover: Handover, *, on: date) -> frozenset[Side]:
    """On which sides of a handover does the viewer stand that day? Roles that do not hand over stand on none."""
    sides = set()
    if viewer.unit_id is None:
        return frozenset()
    if viewer.may(Permission.HAND_OVER):
        sides |= {Side.SENDER} if viewer.unit_id == handover.from_unit_id else set()
        sides |= {Side.RECEIVER} if viewer.unit_id == handover.to_unit_id else set()
    if viewer.may(Permission.SEE_UNIT) and viewer.unit_id == handover.to_unit_id:
        sides |= {Side.LEADER, Side.LATE_LEADER} if is_overdue(handover.due_on, on) else {Side.LEADER}
    return frozenset(sides)


def lives_in_area(handover: Handover) -> bool:
    """Is the receiver a health centre that serves the district the child (before birth: the mother) lives in?"""
    district = handover.journey.subject.district_id
    unit = handover.to_unit
    if unit.kind != Unit.Kind.HEALTH_STATION or district is None:
        return False
    return Unit.serves.through.objects.filter(unit_id=unit.pk, district_id=district).exists()


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps the list of journeys that nobody holds."""

    unit_id: int
    staff_id: int | None  # none while the unit has no leader


def list_keeper(*, on: date) -> Keeper | None:
    """Which leader keeps the unassigned list? The administration's, else the first unit's that has one and stays open.

    Shape   one at work before all who are away; with no leader at all the administration itself; else None.
    """
    kind = Unit.Kind.ADMINISTRATION
    led = Membership.objects.in_force(on).filter(role="unit_leader", staff__is_active=True).select_related("unit")
    away = set(Absence.objects.in_force(on).values_list("staff_id", flat=True))
    rank = {p: (p.staff_id in away, p.unit.until_on is not None, p.unit.kind != kind, p.unit.name, p.pk) for p in led}
    posts = sorted(rank, key=rank.__getitem__)
    if not posts:
        office = administration(on=on)
        return Keeper(office.pk, None) if office is not None else None
    leaders = leaders_of(unit_id=posts[0].unit_id, on=on)
    return Keeper(posts[0].unit_id, leaders[0].pk if leaders else posts[0].staff_id)


def keeps_list(viewer: Viewer, *, on: date) -> bool:
    """Is the viewer a leader of the unit that keeps the unassigned list?"""
    if viewer.unit_id is None or not viewer.may(Permission.SEE_UNIT):
        return False
    keeper = list_keeper(on=on)
    return keeper is not None and viewer.unit_id == keeper.unit_id


# --- what a viewer sees ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """One handover as the viewer may see it. Before acceptance a protected person is shown without a name."""

    handover: Handover
    standing: Standing
    verbs: frozenset[Verb]
    shows_name: bool
    waited_days: int
    is_late: bool
    may_keep: bool  # declined, and the sender has not yet read it
    shows_text: bool  # a leader sees neither reason nor summary; nor does who was asked once it is closed unanswered
    shows_answer: bool  # why it was declined, or sent to the leader
    acted_for: Unit | None  # in whose name it was sent on, when that is not the unit that holds the baton
    replaces: str = ""  # the unit that an earlier one was sent to, which this took the place of

    @property
    def shows_line(self) -> bool:
        """Do units, days and words go with it? Not for a protected child without a name, whatever the grade.

        The same in lists and on its own page: a line for one grade and none for another would tell them apart.
        """
        return self.shows_name or self.subject.protection == Person.Protection.NONE

    @property
    def key(self) -> str:
        return self.handover.key

    @property
    def subject(self) -> Person:
        return self.handover.journey.subject

    @property
    def name(self) -> str:
        """A protected person has no name here before the receiver has taken over; one not taken over, none after.

        The words do not say why. The grade is itself confidential, so they are the same for every reason there is.
        """
        if self.shows_name:
            return display_name(self.subject)
        return name_not_shown() if self.shows_answer else gettext("Closed without being taken over")

    @property
    def is_open(self) -> bool:
        return self.standing in OPEN

    @property
    def label(self) -> Label:
        return handover_label(self)


def name_not_shown() -> str:
    """What stands in a list for somebody whose name this viewer is not shown, whatever the reason?"""
    return gettext("Name not shown")


def _may_see(viewer: Viewer) -> bool:
    return viewer.unit_id is not None and (viewer.may(Permission.HAND_OVER) or viewer.may(Permission.SEE_UNIT))


def _row(viewer: Viewer, handover: Handover, today: date, named: frozenset[int]) -> Sent:
    now, sides = standing_of(handover), sides_of(viewer, handover, on=today)
    plain = handover.journey.subject.protection == Person.Protection.NONE
    answered = handover.accepted_at or handover.declined_at or handover.withdrawn_at or handover.superseded_at
    until = timezone.localdate(answered) if answered else today
    is_party = reads_on(now, is_sender=viewer.unit_id == handover.from_unit_id)
    return Sent(
        handover=handover,
        standing=now,
        verbs=possible(now, sides),
        shows_name=is_party and (plain or handover.journey.subject.pk in named),
        waited_days=(until - timezone.localdate(handover.sent_at)).days,
        is_late=now in OPEN and is_overdue(handover.due_on, today),
        may_keep=now == Standing.DECLINED and handover.seen_at is None and Side.SENDER in sides,
        shows_text=is_party and viewer.may(Permission.HAND_OVER),
        shows_answer=is_party,
        acted_for=handover.sent_unit if handover.sent_unit_id not in (None, handover.from_unit_id) else None,
    )


def _told(found: QuerySet[Handover]) -> QuerySet[Handover]:
    """Those that no adoption has sealed, with what a row tells of them."""
    return found.exclude(seals.handovers()).select_related(*WITH_SUBJECT).prefetch_related(mothers("journey__child"))


def _rows(viewer: Viewer, found: Iterable[Handover], at: datetime) -> list[Sent]:
    today = timezone.localdate(at)
    handovers = not_own(viewer, list(found), at)
    protected = [h.journey.subject.pk for h in handovers if h.journey.subject.protection != Person.Protection.NONE]
    named: frozenset[int] = frozenset()
    if protected:
        seen = visible_person_ids(viewer=viewer, purpose=Purpose.CARE, part=Part.LISTED, at=at)
        named = frozenset(Person.objects.filter(pk__in=protected).filter(pk__in=seen).values_list("pk", flat=True))
    return [_row(viewer, handover, today, named) for handover in handovers]


def received(*, viewer: Viewer, at: datetime) -> list[Sent]:
    """Which batons wait for the viewer's unit? Oldest deadline first. What is sent is all the receiver sees of them."""
    if not _may_see(viewer):
        return []
    found = Handover.objects.filter(to_unit=viewer.unit_id, **UNANSWERED).order_by("due_on", "sent_at")
    return _rows(viewer, _told(found), at)


@fetched_once()
def _sent(*, unit_id: int, since: date) -> QuerySet[Handover]:
    found = Handover.objects.filter(from_unit=unit_id).exclude(superseded_at__isnull=False)
    return _told(found.filter(sent_at__date__gte=since) | found.filter(**UNANSWERED))


def sent(*, viewer: Viewer, at: datetime, since: date) -> list[Sent]:
    """Which batons has the viewer's unit sent: those not answered, and those answered since a day?"""
    if not _may_see(viewer):
        return []
    rows = _rows(viewer, _sent(unit_id=viewer.unit_id, since=since), at)
    return sorted(rows, key=lambda row: (not row.is_open, -row.handover.sent_at.timestamp()))


def waiting_count(*, viewer: Viewer, at: datetime) -> int:
    """How many batons wait for the viewer's unit? Equal to `len(received(...))`."""
    if not _may_see(viewer):
        return 0
    has_own = _waiting(unit_id=viewer.unit_id, staff_id=viewer.staff_id)
    return len(received(viewer=viewer, at=at)) if any(has_own) else len(has_own)


@fetched_once("unit_id")
def _waiting(*, unit_id: int, staff_id: int | None) -> QuerySet:
    found = Handover.objects.filter(to_unit=unit_id, **UNANSWERED)
    return found.annotate(own=Exists(own_person(staff_id))).values_list("own", flat=True)


@dataclass(frozen=True, slots=True)
class Unheld:
    """A journey that nobody holds, as the keeper of the list sees it."""

    journey: Journey
    name: str
    district: str
    since_on: date

    @property
    def key(self) -> str:
        return self.journey.key


def unassigned(*, viewer: Viewer, on: date) -> list[Unheld]:
    """Which journeys does nobody hold? Only for the leader who keeps the list."""
    if not keeps_list(viewer, on=on):
        return []
    found = Baton.objects.filter(unheld(), until_at=None, journey__closed_on=None).order_by("since_at")
    joined = ("journey__child__district", "journey__pregnancy__mother__district")
    rows = []
    for baton in found.select_related(*joined).prefetch_related(mothers("journey__child")):
        person = baton.journey.subject
        graded = person.protection != Person.Protection.NONE
        name = name_not_shown() if graded else display_name(person)
        district = person.district.name if person.district_id and not person.is_graded else ""
        rows.append(Unheld(baton.journey, name, district, timezone.localdate(baton.since_at)))
    return rows


def handover_by_key(*, viewer: Viewer, key: str, at: datetime) -> Sent:
    """Which handover is at this address? Errors: NotVisible unless the viewer's unit sent or got it."""
    if not _may_see(viewer):
        raise NotVisible
    mine = Handover.objects.filter(from_unit=viewer.unit_id) | Handover.objects.filter(to_unit=viewer.unit_id)
    rows = _rows(viewer, _told(mine.filter(key=key)), at)
    if not rows:
        raise NotVisible
    row = replace(rows[0], replaces=_replaced(viewer, rows[0]))
    if row.shows_text and not row.is_open:  # what was written goes with the record: a trace that has faded tells less
        about = {"person_id": row.subject.pk, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
        return replace(row, shows_text=decision_for(viewer=viewer, **about).allowed)
    return row


def _replaced(viewer: Viewer, row: Sent) -> str:
    """To which unit was the one sent that this took the place of? Only the sender is told."""
    sent_at = row.handover.sent_at
    if not row.shows_line or viewer.unit_id != row.handover.from_unit_id:
        return ""
    earlier = Handover.objects.filter(journey=row.handover.journey_id, superseded_at=sent_at).exclude(
        pk=row.handover.pk
    )
    return earlier.exclude(seals.handovers()).values_list("to_unit__name", flat=True).first() or ""


def handovers_by_keys(*, viewer: Viewer, keys: list[str], at: datetime) -> dict[str, Sent]:
    """The handovers behind a list's tasks, by key; those the viewer may not see are left out."""
    if not keys or not _may_see(viewer):
        return {}
    found = _with_keys(unit_id=viewer.unit_id, keys=tuple(sorted(keys)))
    return {row.key: row for row in _rows(viewer, found, at)}


@fetched_once()
def _with_keys(*, unit_id: int, keys: tuple[str, ...]) -> QuerySet[Handover]:
    mine = Handover.objects.filter(from_unit=unit_id) | Handover.objects.filter(to_unit=unit_id)
    return _told(mine.filter(key__in=keys))


# --- a journey that the caller has looked up through people.queries ---------------------------------------


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds the baton of a journey, and what is under way."""

    baton: Baton | None
    handover: Handover | None  # sent, not answered
    declined: Handover | None  # declined, not yet read by the sender
    stops: tuple[Stop, ...]
    accepted_count: int
    is_ours: bool
    since_at: datetime | None  # not told when it lies behind an adoption's seal


def holding(
    *, viewer: Viewer, journey: Journey, batons: list[Baton], handovers: list[Handover], stops: list[Stop]
) -> Holding:
    """Who holds this journey's baton? The caller has read its way (`queries.trail.read`), narrowed to the viewer."""
    baton = next((b for b in batons if b.journey_id == journey.pk and b.until_at is None), None)
    since_at = baton.since_at if baton is not None else None
    if since_at is not None and journey.is_sealed and timezone.localdate(since_at) < journey.child.born_on:
        since_at = None
    # Nobody asks after the stops of a journey that is closed.
    waiting = [s for s in stops if s.done_on is None and journey.closed_on is None]
    return Holding(
        baton=baton,
        handover=next((h for h in handovers if standing_of(h) in OPEN), None),
        declined=next((h for h in handovers if standing_of(h) == Standing.DECLINED and h.seen_at is None), None),
        stops=tuple(sorted(waiting, key=lambda s: (s.due_on, s.pk))),
        accepted_count=sum(standing_of(h) == Standing.ACCEPTED for h in handovers),
        is_ours=baton is not None and baton.unit_id is not None and baton.unit_id == viewer.unit_id,
        since_at=since_at,
    )


def holders(*, journey_ids: list[int]) -> dict[int, Baton]:
    """Who holds each of these journeys, by journey? For lists whose journeys are narrowed already."""
    found = Baton.objects.filter(journey_id__in=journey_ids, until_at=None).select_related("unit", "staff")
    return {baton.journey_id: baton for baton in found}


def held_by_unit(*, viewer: Viewer) -> QuerySet[Baton]:
    """Which batons does the viewer's own unit hold? For its leader and its people."""
    if not _may_see(viewer):
        return Baton.objects.none()
    return Baton.objects.filter(until_at=None, unit=viewer.unit_id, journey__closed_on=None)


def stop_by_key(*, viewer: Viewer, key: str) -> Stop:
    """Which stop is at this address? Errors: NotVisible unless the viewer's unit holds the baton."""
    held = Baton.objects.filter(until_at=None, unit=viewer.unit_id).values("journey_id")
    stop = (
        Stop.objects.filter(key=key, journey_id__in=held)
        .exclude(seals.stops())
        .select_related("unit", "journey__child")
        .first()
    )
    if stop is None or not viewer.may(Permission.HAND_OVER):
        raise NotVisible
    return stop
