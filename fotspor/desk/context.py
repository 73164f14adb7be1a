"""The rail: which places this viewer has, and how many things wait in each. Asked only by a page that draws it."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fotspor import __version__
from fotspor.access.queries import follow_up_count, waiting_reviews
from fotspor.access.rules import Permission
from fotspor.desk.queries import day, unit
from fotspor.desk.queries.elsewhere import elsewhere
from fotspor.instruments.queries import not_approved
from fotspor.kit import clock
from fotspor.kit.navigation import Place
from fotspor.operation import queries as installation
from fotspor.operation.views import NEWS_READ
from fotspor.pathways.queries import batons
from fotspor.services.queries import municipality

TABS = 5


@dataclass(slots=True)
class Door:
    """A place, which permission opens it, and how its waiting things are counted."""

    key: str
    label: str
    name: str
    icon: str
    permissions: tuple[Permission, ...]
    group: str = "own"
    color: str = "neutral"
    count: object = field(default=None)
    short: str = ""
    about: str = ""  # what the address is about, where it says so

    @property
    def url(self) -> str:
        return reverse(self.name, args=[self.about] if self.about else [])


def _doors():
    return (*_for_families(), *_for_keepers(), *_for_registers())


def _for_families():
    """Where families are met, and the work is led."""
    p = Permission
    own, the_unit, batons_for = "own", "unit", (p.HAND_OVER, p.SEE_UNIT)
    baton = pgettext("bottom bar", "Batons")
    return (
        Door("day", _("My day"), "desk:day", "TasklistStart", (p.SEE_DAY,), own, "accent", _day_count),
        Door("people", _("Children and families"), "desk:people", "FigureChild", (p.SEE_PEOPLE,), short=_("Children")),
        Door("kindergarten", _("Our children"), "desk:kindergarten", "TeddyBear", (p.SEE_SHARED,)),
        Door("unit", _("Tasks"), "desk:unit", "TasklistStart", (p.SEE_UNIT,), the_unit, "neutral", _unit_count),
        Door("batons", _("Batons"), "pathways:batons", "baton", batons_for, own, "stafett", _baton_count, baton),
        Door("calendar", _("Calendar"), "pathways:calendar", "Calendar", (p.BOOK,)),
        Door("figures", _("Figures"), "desk:figures", "BarChart", (p.SEE_FIGURES,), the_unit),
        Door("colleagues", _("Colleagues"), "services:colleagues", "Person", (p.SEE_UNIT,), the_unit),
    )


def _for_keepers():
    """Where the log is kept, and looks are gone through."""
    p, the_unit = Permission, "unit"
    looks, em = (p.SEE_LOG, p.SEE_UNIT), (p.SEE_LOG, p.BREAK_GLASS)
    return (
        Door("who_has_looked", _("Who has looked"), "access:who_has_looked", "Eye", looks, the_unit),
        Door("emergencies", _("Emergency access"), "access:emergencies", "KeyHorizontal", em, the_unit, count=_reviews),
        Door(
            "reviews",
            _("Looks to go through"),
            "access:reviews",
            "ClipboardCheckmark",
            (p.SEE_LOG,),
            the_unit,
            count=_follow_ups,
            short=pgettext("bottom bar", "Looks"),
        ),
        Door(
            "processing",
            _("Record of processing"),
            "access:processing",
            "FileText",
            (p.SEE_LOG,),
            the_unit,
            short=pgettext("bottom bar", "Processing"),
        ),
    )


def _for_registers():
    """Where the installation, units, staff, definitions and files are kept."""
    p, the_unit, approves, files = Permission, "unit", (Permission.APPROVE_DEFINITIONS,), (Permission.IMPORT,)
    here, home, file = _("The installation"), pgettext("bottom bar", "Installation"), pgettext("bottom bar", "Register")
    return (
        Door("status", here, "operation:status", "Cog", (p.OPERATE,), the_unit, "neutral", _late, home),
        Door("units", _("Units"), "services:units", "Buildings2", (p.MANAGE_UNITS,), the_unit),
        Door("staff", _("Staff"), "services:staff_list", "PersonGroup", (p.MANAGE_STAFF,), the_unit),
        Door("definitions", _("Definitions"), "instruments:definitions", "FileText", approves, the_unit, count=_unread),
        Door(
            "register", _("Population register"), "pathways:register_imports", "FileImport", files, the_unit, short=file
        ),
        # For those who take studies in and see no other figures; the others find them from «Figures».
        Door(
            "figures",
            _("Study figures"),
            "instruments:distribution",
            "BarChart",
            files,
            the_unit,
            about="epds",
            short=_("Figures"),
        ),
    )


def _day_count(viewer):
    return day.badge(viewer=viewer, today=clock.today())


def _unit_count(viewer):
    return unit.badge(viewer=viewer, at=clock.now())


def _unread(viewer):
    """How many cannot be used before somebody approves them? Not asked in practice."""
    return len(not_approved())


def _reviews(viewer):
    """How many emergency accesses wait for the data-protection officer? None are asked for others."""
    return waiting_reviews(viewer=viewer, at=clock.now())


def _follow_ups(viewer):
    """How many looks were found to need follow-up, and wait for it?"""
    return follow_up_count(viewer=viewer, at=clock.now())


def _late(viewer):
    """How much needs whoever keeps the installation?"""
    return installation.badge(viewer=viewer, at=clock.now())


def _baton_count(viewer):
    lost = len(batons.unassigned(viewer=viewer, on=clock.today())) if viewer.may(Permission.SEE_UNIT) else 0
    return batons.waiting_count(viewer=viewer, at=clock.now()) + lost


def places_of(viewer):
    """Which places has this viewer, in the order of the rail?"""
    return [_place(d, viewer) for d in _doors() if any(viewer.may(permission) for permission in d.permissions)]


def _place(door, viewer):
    count = door.count(viewer) if door.count else None
    return Place(door.key, door.label, door.url, door.icon, door.group, count, door.color, door.short)


def first_place(viewer):
    """Where does this viewer start? The address of the first place of the role; the own settings when there is none."""
    for d in _doors():
        if any(viewer.may(permission) for permission in d.permissions):
            return d.url
    return reverse("services:settings")


class Rail:
    """What `kit/page.html` asks for. Each part is made when the page asks, and once."""

    def __init__(self, request):
        self.request = request
        self.viewer = getattr(request, "viewer", None)
        self.user = request.user if getattr(request, "user", None) and request.user.is_authenticated else None

    @property
    def signed_in(self):
        return self.user is not None

    @cached_property
    def municipality(self):
        found = municipality()
        return found.name if found else ""

    @property
    def user_name(self):
        return self.user.name if self.user else ""

    @property
    def initials(self):
        return self.user.initials if self.user else ""

    @cached_property
    def posts(self):
        """Each with how many safety conversations wait in it, so that they are seen from another post too."""
        posts, waiting = getattr(self.request, "posts", []), {each.key: each.count for each in self.elsewhere}
        return [{"key": p.key, "label": p.label, "current": p.current, "waiting": waiting.get(p.key, 0)} for p in posts]

    @cached_property
    def elsewhere(self):
        """Where else something must be answered today. Asked only for those who have more than one post."""
        if self.viewer is None or len(getattr(self.request, "posts", [])) < 2:
            return []
        return elsewhere(viewer=self.viewer, staff=self.user, at=clock.now())

    @property
    def waits_elsewhere(self):
        return sum(each.count for each in self.elsewhere)

    @property
    def role_label(self):
        return next((post.label for post in getattr(self.request, "posts", []) if post.current), "")

    @cached_property
    def places(self):
        return places_of(self.viewer) if self.viewer else []

    @property
    def tabbar(self):
        return self.places if len(self.places) <= TABS else self.places[: TABS - 1]

    @property
    def more(self):
        """What there is no room for in the bottom bar."""
        return self.places[len(self.tabbar) :]

    @property
    def more_count(self):
        return sum(place.count or 0 for place in self.more)

    @property
    def home_url(self):
        return reverse("desk:day")

    @property
    def search_url(self):
        return reverse("desk:search") if self.viewer and self.viewer.may(Permission.SEARCH) else ""

    @property
    def sign_out_url(self):
        return reverse("account_logout") if self.user else ""

    @property
    def choose_post_url(self):
        return reverse("services:choose_post") if self.user else ""

    @property
    def settings_url(self):
        return reverse("services:settings") if self.user else ""

    @property
    def news_url(self):
        return reverse("operation:news") if self.viewer else ""

    @cached_property
    def has_news(self):
        """Is there something new that this person has not read? Asked once in a session."""
        session = self.request.session
        if NEWS_READ not in session:
            session[NEWS_READ] = __version__ if installation.has_read_news(staff_id=self.viewer.staff_id) else ""
        return session[NEWS_READ] != __version__

    @property
    def say_url(self):
        return reverse("operation:say") if self.viewer else ""

    @property
    def color_scheme(self):
        return self.user.scheme if self.user else "light"

    @property
    def shortcuts_off(self):
        return bool(self.user and not self.user.uses_shortcuts)


def rail(request):
    """The rail for every page; nothing is asked of the database until a template draws it."""
    return {"rail": Rail(request)}
