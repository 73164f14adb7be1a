"""Who is looking: a member of staff in one post."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db.models import QuerySet

from fotspor.access.rules import Viewer
from fotspor.kit.subqueries import fetched_once
from fotspor.services.labels import post_name
from fotspor.services.models import Membership, Staff


@dataclass(frozen=True, slots=True)
class Post:
    """One place a person may work from, as it is chosen in the rail."""

    key: str
    role: str
    unit_name: str
    current: bool = False

    @property
    def label(self) -> str:
        return post_name(self.role, self.unit_name)


def session_digest(session_key: str | None) -> str:
    """Which session is it, said in a way that cannot be used to enter it?"""
    return sha256((session_key or "").encode()).hexdigest() if session_key else ""


def posts_of(*, staff: Staff, on: date) -> list[Membership]:
    """Which posts does this person have that day, oldest first? Each with its unit."""
    return _counting(staff_id=staff.pk, on=on)


@fetched_once("staff_id")
def _counting(*, staff_id: int, on: date) -> QuerySet[Membership]:
    return Membership.objects.counting(on).filter(staff=staff_id).select_related("unit")


def viewer_in(*, staff: Staff, post: Membership, session_key: str | None) -> Viewer:
    """Who is looking, when they look from this post? The post is one of `posts_of`."""
    return Viewer(
        staff_id=staff.pk,
        membership_id=post.pk,
        role=post.role,
        unit_id=post.unit_id,
        unit_kind=post.unit.kind,
        sector=post.unit.sector,
        district_id=post.unit.district_id,
        session=session_digest(session_key),
        staff_key=staff.key,
        unit_key=post.unit.key,
    )


def viewers_at(*, unit_id: int | None, on: date) -> list[tuple[Staff, Viewer]]:
    """Who would each post of the unit be, as one who looks? By family name; somebody with two posts comes twice."""
    posts = Membership.objects.counting(on).filter(unit=unit_id).select_related("staff", "unit")
    in_order = posts.order_by("staff__family_name", "staff__given_name", "staff_id", "pk")
    return [(post.staff, viewer_in(staff=post.staff, post=post, session_key=None)) for post in in_order]


def viewer_for(*, staff: Staff, membership_key: str, session_key: str | None, on: date) -> Viewer | None:
    """Who is looking? The chosen post when it still counts, else the oldest one; None for somebody without a post."""
    post = chosen_post(posts_of(staff=staff, on=on), membership_key)
    return None if post is None else viewer_in(staff=staff, post=post, session_key=session_key)


def chosen_post(posts: list[Membership], membership_key: str) -> Membership | None:
    """Which of the posts is in use?"""
    return next((p for p in posts if p.key == membership_key), posts[0] if posts else None)


def post_choices(posts: list[Membership], current_id: int | None) -> list[Post]:
    """How do the posts look in the rail?"""
    return [Post(key=p.key, role=p.role, unit_name=p.unit.name, current=p.pk == current_id) for p in posts]


def themselves(*, staff: Staff, session_key: str | None = None) -> Viewer:
    """Who is acting, before there is a post: signing in, choosing a password? May nothing, and sees nobody."""
    return Viewer(
        staff_id=staff.pk,
        membership_id=None,
        role="",
        unit_id=None,
        unit_kind="",
        sector="",
        district_id=None,
        session=session_digest(session_key),
        staff_key=staff.key,
    )


def post_label(post: Membership) -> str:
    """How is this post said? Its unit must be at hand."""
    return post_name(post.role, post.unit.name)


def own_settings(staff: Staff) -> dict[str, object]:
    """What has this person chosen for themselves?"""
    return {name: getattr(staff, name) for name in ("language", "scheme", "hides_details", "uses_shortcuts")}
