"""What is known before a form is filled in: who may answer, what is begun already, and the forms of one person."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fotspor.access import queries as access
from fotspor.access.rules import Part, Permission, Purpose, Viewer
from fotspor.instruments import labels
from fotspor.instruments.models import Response
from fotspor.instruments.queries.closing import contacts
from fotspor.instruments.queries.definitions import instrument, may_be_used, usable
from fotspor.instruments.queries.parents import MOTHER, PARENTS, kind_beside, own_kind
from fotspor.instruments.queries.responses import READ, responses_of
from fotspor.instruments.rules import Instrument
from fotspor.kit import phrases
from fotspor.kit.handles import handle
from fotspor.kit.labels import Label
from fotspor.people import queries as people
from fotspor.people.models import Guardianship, Journey, Person

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Listed:
    """One form in a person's list."""

    title: str
    url: str
    meta: Text
    label: Label
    person_key: str  # whose record it is in, for the log


def listed(*, viewer: Viewer, person_id: int, at: datetime) -> list[Listed]:
    """Which forms are in this person's own record, newest first, ready to show? Errors: NotVisible."""
    return [_listed(response) for response in responses_of(viewer=viewer, person_id=person_id, at=at)]


def _listed(response: Response, *, with_name: bool = False) -> Listed:
    title = _(instrument(response.instrument, response.instrument_version).title)
    parts = [title, response.subject.name] if with_name else [title]
    return Listed(
        title=", ".join([*parts, phrases.day(response.answered_on, year=True)]),
        url=reverse("instruments:response", args=[response.key]),
        meta=response.unit.name if response.unit else "",
        label=labels.response_label(response),
        person_key=response.subject.key,
    )


@dataclass(frozen=True, slots=True)
class Answerer:
    """A parent who may answer about themselves. The name is what the viewer may see, where there is one."""

    person: Person
    kind: str
    name: str = ""
    handle: str = ""  # what stands for the person in the form

    @property
    def key(self) -> str:
        return self.person.key


@dataclass(frozen=True, slots=True)
class Start:
    """What is known before a form is filled in."""

    person: Person
    instrument: Instrument
    answerers: tuple[Answerer, ...]
    journey: Journey | None
    contact: Any
    occasion: str
    may_be_used: bool
    begun: tuple[Listed, ...]  # forms that are begun and not signed


def start(*, viewer: Viewer, person_key: str, slug: str, contact_key: str = "", at: datetime) -> Start:
    """Who may answer, and on which occasion? `person_key` is a child's or a parent's. Errors: NotVisible."""
    person = people.person_by_key(viewer=viewer, key=person_key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    form, on = instrument(slug), timezone.localdate(at)
    journey = _journey_of(person)
    may_answer = _named(viewer, person, answerers(person=person, journey=journey, on=on), at)
    begun = begun_by(viewer=viewer, person_ids=[a.person.pk for a in may_answer], slug=slug, at=at)
    return Start(
        person=person,
        instrument=form,
        answerers=may_answer,
        journey=journey,
        contact=_contact(contact_key, journey),
        occasion=_occasion(form, journey, on),
        may_be_used=may_be_used(slug),
        begun=tuple(_listed(response, with_name=len(may_answer) > 1) for response in begun),
    )


def begun_by(*, viewer: Viewer, person_ids: Iterable[int], slug: str, at: datetime) -> QuerySet[Response]:
    """Which forms of these parents are begun and not signed? Only those that the viewer may open."""
    seen = access.may_be_seen("subject", viewer=viewer, at=at, **READ)
    found = Response.objects.drafts().filter(instrument=slug, subject_id__in=list(person_ids), is_history=False)
    found = found.filter(seen).select_related("subject", "unit", "corrected_by")
    return found.order_by("-answered_on", "-id")


def forms_at(*, viewer: Viewer, contact_id: int, at: datetime) -> list[Listed]:
    """Which forms were begun or signed at this contact, ready to show? Only those that the viewer may open."""
    seen = access.may_be_seen("subject", viewer=viewer, at=at, **READ)
    found = Response.objects.current().filter(seen, contact_id=contact_id)
    return [_listed(r, with_name=True) for r in found.select_related("subject", "unit", "corrected_by").order_by("id")]


def answerers(*, person: Person, journey: Journey | None, on: date) -> tuple[Answerer, ...]:
    """Which parents may answer about themselves, seen from this person's page? The person first when an adult."""
    if journey is not None and journey.child_id == person.pk:
        held = Guardianship.objects.filter(child=person, from_on__lte=on).exclude(until_on__lte=on)
        found = held.filter(kind__in=PARENTS).select_related("guardian")
        return tuple(sorted((Answerer(g.guardian, g.kind) for g in found), key=lambda a: a.kind != "mother"))
    others = []
    if journey is not None and journey.pregnancy and journey.pregnancy.other_parent_id:
        other = journey.pregnancy.other_parent
        others.append(Answerer(other, kind_beside(other)))
    is_hers = journey is not None and journey.pregnancy is not None and journey.pregnancy.mother_id == person.pk
    return (Answerer(person, MOTHER if is_hers else own_kind(person)), *others)


def _named(viewer: Viewer, person: Person, found: tuple[Answerer, ...], at: datetime) -> tuple[Answerer, ...]:
    names = access.names_as_seen(viewer=viewer, ids=[each.person.pk for each in found], at=at)
    words = {each.key: handle("answerer", person.key, each.key) for each in found}
    return tuple(replace(each, name=names[each.person.pk], handle=words[each.key]) for each in found)


def answerers_of(*, person: Person, on: date) -> tuple[Answerer, ...]:
    """Which parents may answer about themselves, seen from this person's page?"""
    return answerers(person=person, journey=_journey_of(person), on=on)


def _journey_of(person: Person) -> Journey | None:
    """The person's own journey, or the open one of an ongoing pregnancy."""
    found = Journey.objects.select_related("child", "pregnancy__other_parent", "pregnancy__mother")
    own = found.filter(child=person).first()
    return own or found.open().filter(pregnancy__mother=person, child=None, is_sealed=False).order_by("-id").first()


def _contact(key: str, journey: Journey | None) -> Any:
    """The contact a form belongs to. Contacts stand above this slice, so they are reached by the key to them."""
    if not key or journey is None:
        return None
    return contacts().filter(key=key, journey=journey).first()


def on_paper(
    *, viewer: Viewer, journey: Journey, today: date, also: Iterable[str] = ()
) -> list[tuple[str, str | Promise]]:
    """Which forms may be written in from paper about this child now, and which a contact asks for? Slug and title.

    Shape   `also` are the contact's own. The others are for as long after birth as the form has an occasion.
    """
    if not viewer.may(Permission.SCREEN):
        return []
    child = journey.child if journey.closed_on is None and journey.child_id else None
    here = []
    if child is not None and child.born_on is not None and child.died_on is None:
        here = [form.slug for form in usable() if form.is_used_after_birth((today - child.born_on).days // 7)]
    return [(slug, _(instrument(slug).title)) for slug in dict.fromkeys((*also, *here))]


def _occasion(form: Instrument, journey: Journey | None, on: date) -> str:
    born_on = journey.child.born_on if journey is not None and journey.child_id else None
    for occasion in form.occasions:
        if occasion.anchor == "pregnancy" and journey is not None and born_on is None:
            return occasion.key
        if (
            occasion.anchor == "birth"
            and born_on
            and occasion.from_week <= (on - born_on).days // 7 < occasion.until_week
        ):
            return occasion.key
    return form.occasions[-1].key
