"""Who works here, who is away, and who answers meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from allauth.mfa.models import Authenticator
from django.db.models import F, Q, QuerySet
from django.http import Http404

from fotspor.access.rules import Permission, Viewer, sees_people
from fotspor.services import labels, rules
from fotspor.services.models import Absence, Invitation, Membership, Staff

Choice = tuple[str, str]


def staff_by_key(key: str) -> Staff:
    """Who is at this address? Errors: Http404."""
    return _found(Staff.objects.filter(key=key))


def staff_choices(*, unit_id: int, on: date) -> list[Choice]:
    """Who works in the unit that day, as choices in a form?"""
    return [(s.key, s.name) for s in staff_of(unit_id=unit_id, on=on)]


def staff_of(*, unit_id: int, on: date) -> list[Staff]:
    """Who works in the unit that day?"""
    posts = Membership.objects.counting(on).filter(unit=unit_id)
    return list(Staff.objects.filter(pk__in=posts.values("staff")))


def staff_names(ids: Iterable[int | None]) -> dict[int, str]:
    """What are these people called? Also those who have left."""
    return {s.pk: s.name for s in Staff.objects.filter(pk__in={i for i in ids if i})}


def leaders_of(*, unit_id: int, on: date) -> list[Staff]:
    """Who leads the unit that day? A leader who is away is followed by her substitute; both are named."""
    posts = Membership.objects.counting(on).filter(unit=unit_id, role="unit_leader")
    leaders = list(Staff.objects.filter(pk__in=posts.values("staff")))
    away = away_map(on=on)
    stand_ins = {rules.substitute(away, leader.pk) for leader in leaders} - {None} - {leader.pk for leader in leaders}
    return leaders + list(Staff.objects.filter(pk__in=stand_ins)) if stand_ins else leaders


def away_map(*, on: date) -> dict[int, int]:
    """Who is away that day, and whom did they name? Substitutes who have left are given as they were named."""
    return dict(Absence.objects.in_force(on).values_list("staff_id", "substitute_id"))


def substitute_for(*, staff_id: int, on: date) -> int | None:
    """Who answers for this person that day? None when the person is here, or when nobody is left but the unit."""
    answers = rules.substitute(away_map(on=on), staff_id)
    return answers if answers and Staff.objects.filter(pk=answers, is_active=True).exists() else None


def has_codes(*, staff: Staff) -> bool:
    """Has this person set up codes from a phone?"""
    return Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).exists()


def has_second_factor(*, staff: Staff) -> bool:
    """Has this person set up codes, or a passkey, which stands for both password and code?"""
    wanted = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user=staff, type__in=wanted).exists()


def invitation_by_token(*, token: str, on: date) -> Invitation | None:
    """Which open invitation does this link hold? None for an unknown, used or old one: they look the same."""
    digest = sha256(token.encode()).hexdigest()
    open_ones = Invitation.objects.filter(token_digest=digest, used_at=None, expires_on__gt=on, staff__left_on=None)
    return open_ones.select_related("staff").first()


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person in a list of staff."""

    staff: Staff
    state: str
    posts: str
    lacks_number: bool  # sees people's records, and nobody can tell which are her own family's

    @property
    def label(self):
        return labels.ACCESS[self.state]


@dataclass(frozen=True, slots=True)
class StaffPage:
    """One member of staff as an administrator or own leader sees them."""

    staff: Staff
    state: str
    posts: tuple[Membership, ...]
    absences: tuple[Absence, ...]
    invitation: Invitation | None
    may_manage: bool

    @property
    def label(self):
        return labels.ACCESS[self.state]

    @property
    def has_number(self):
        return bool(self.staff.identity_index)


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post that somebody got in the unit lately, and who gave it."""

    staff: Staff
    post: Membership
    given_by: str


@dataclass(frozen=True, slots=True)
class Link:
    """One new colleague's one-time link, on the page that shows it once."""

    staff: Staff
    post: str
    token: str
    expires_on: date


def invited_links(*, viewer: Viewer, tokens: Iterable[str], on: date) -> list[Link]:
    """Whose links are these, by family name? Those that were used or replaced meanwhile are left out."""
    if not rules.may(viewer, Permission.MANAGE_STAFF):
        return []
    by_digest = {sha256(token.encode()).hexdigest(): token for token in tokens}
    open_ones = Invitation.objects.filter(token_digest__in=by_digest, used_at=None, expires_on__gt=on)
    invited = list(open_ones.select_related("staff").order_by("staff__family_name", "staff__given_name"))
    posts = {
        post.staff_id: labels.post_name(post.role, post.unit.name)
        for post in Membership.objects.filter(staff__in=[each.staff_id for each in invited]).select_related("unit")
    }
    return [
        Link(each.staff, posts.get(each.staff_id, ""), by_digest[each.token_digest], each.expires_on)
        for each in invited
    ]


def visible_staff(*, viewer: Viewer, on: date) -> QuerySet[Staff]:
    """Whom may this viewer keep? An administrator everybody, a leader those of her own unit, others nobody."""
    if rules.may(viewer, Permission.MANAGE_STAFF):
        return Staff.objects.all()
    if viewer.may(Permission.SEE_UNIT):
        posts = Membership.objects.counting(on).filter(unit=viewer.unit_id)
        return Staff.objects.filter(pk__in=posts.values("staff"))
    return Staff.objects.none()


def staff_rows(*, viewer: Viewer, on: date, text: str = "", left: bool = False) -> list[StaffRow]:
    """Who works here, of those the viewer keeps? Those who have left are asked for on their own."""
    people = visible_staff(viewer=viewer, on=on).filter(left_on__isnull=not left)
    for word in text.split():
        people = people.filter(
            Q(given_name__icontains=word) | Q(family_name__icontains=word) | Q(title__icontains=word)
        )
    people = list(people)
    ids = [s.pk for s in people]
    posts: dict[int, list[Membership]] = {}
    for post in Membership.objects.counting(on).filter(staff__in=ids).select_related("unit"):
        posts.setdefault(post.staff_id, []).append(post)
    away = set(Absence.objects.in_force(on).filter(staff__in=ids).values_list("staff_id", flat=True))
    invited = _latest_invitations(ids)
    return [
        StaffRow(
            staff=s,
            state=_state(s, invited.get(s.pk), has_post=s.pk in posts, is_away=s.pk in away, on=on),
            posts="; ".join(labels.post_name(p.role, p.unit.name) for p in posts.get(s.pk, [])),
            lacks_number=not s.identity_index and any(sees_people(p.role) for p in posts.get(s.pk, [])),
        )
        for s in people
    ]


def staff_page(*, viewer: Viewer, key: str, on: date) -> StaffPage:
    """One member of staff, with posts and absences from now on. Errors: Http404 outside what the viewer keeps."""
    staff = _found(visible_staff(viewer=viewer, on=on).filter(key=key))
    may_manage = rules.may(viewer, Permission.MANAGE_STAFF)
    posts = Membership.objects.filter(staff=staff).select_related("unit").order_by("-from_on")
    if not may_manage:
        posts = posts.filter(unit=viewer.unit_id)
    absences = tuple(Absence.objects.filter(staff=staff, until_on__gt=on).select_related("substitute"))
    invitation = _latest_invitations([staff.pk]).get(staff.pk)
    has_post = Membership.objects.counting(on).filter(staff=staff).exists()
    is_away = any(a.from_on <= on for a in absences)
    return StaffPage(
        staff=staff,
        state=_state(staff, invitation, has_post=has_post, is_away=is_away, on=on),
        posts=tuple(posts),
        absences=absences,
        invitation=invitation,
        may_manage=may_manage,
    )


def new_posts(*, viewer: Viewer, on: date) -> list[NewPost]:
    """Who has got a post in the leader's unit these two weeks? Newest first; none for those who lead no unit."""
    if not viewer.may(Permission.SEE_UNIT):
        return []
    since = on - timedelta(days=rules.NEW_POST_DAYS)
    given = Membership.objects.filter(unit_id=viewer.unit_id, given_on__gt=since).exclude(until_on__lte=F("from_on"))
    rows = given.select_related("staff", "given_by").order_by("-given_on", "-pk")
    return [NewPost(row.staff, row, row.given_by.name if row.given_by else "") for row in rows]


def post_of(*, viewer: Viewer, staff_key: str, key: str, on: date) -> Membership:
    """Which post is at this address, of a person the viewer keeps? Errors: Http404."""
    staff = _found(visible_staff(viewer=viewer, on=on).filter(key=staff_key))
    return _found(Membership.objects.filter(staff=staff, key=key).select_related("staff", "unit"))


def absence_of(*, viewer: Viewer, staff_key: str, key: str, on: date) -> Absence:
    """Which absence is at this address, of a person the viewer keeps? Errors: Http404."""
    staff = _found(visible_staff(viewer=viewer, on=on).filter(key=staff_key))
    return _found(Absence.objects.filter(staff=staff, key=key).select_related("staff"))


def substitute_choices(*, staff: Staff, on: date) -> list[Choice]:
    """Who could answer for this person? Those who share a unit with them, and are active."""
    units = Membership.objects.counting(on).filter(staff=staff).values("unit")
    colleagues = Membership.objects.counting(on).filter(unit__in=units).exclude(staff=staff)
    return [(s.key, s.name) for s in Staff.objects.filter(pk__in=colleagues.values("staff"))]


def staff_values(staff: Staff) -> dict[str, object]:
    """What is written about this person now, field by field as a form writes it?"""
    return {name: getattr(staff, name) for name in ("given_name", "family_name", "title", "email")}


def demo_people(*, on: date) -> list[Membership]:
    """Whom can one be in the demo? Every post that counts; the demo's day is made for the oldest."""
    return list(Membership.objects.counting(on).select_related("staff", "unit").order_by("pk"))


def demo_person(*, key: str, on: date) -> Membership:
    """Which post was chosen on the demo's page? Errors: Http404."""
    return _found(Membership.objects.counting(on).filter(key=key).select_related("staff", "unit"))


def _latest_invitations(ids: list[int]) -> dict[int, Invitation]:
    return {i.staff_id: i for i in Invitation.objects.filter(staff__in=ids).order_by("sent_at", "id")}


def _state(staff: Staff, invitation: Invitation | None, *, has_post: bool, is_away: bool, on: date) -> str:
    if staff.left_on:
        return "left"
    if invitation and invitation.used_at is None:
        return "invited" if on < invitation.expires_on else "lapsed"
    if is_away:
        return "away"
    return "active" if has_post else "no_post"


def _found(rows):
    row = rows.first()
    if row is None:
        raise Http404
    return row
