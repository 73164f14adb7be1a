"""Which instruments, routines and mappings there are, and which of them the municipality has approved."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import connections
from django.http import Http404
from django.utils.translation import gettext

from fotspor.access.rules import Permission, Viewer
from fotspor.instruments import labels
from fotspor.instruments.models import Approval
from fotspor.instruments.rules import Instrument, Mapping, Routine, Telling
from fotspor.kit.definitions import load
from fotspor.kit.labels import Label

FOLDER = Path(__file__).resolve().parents[1] / "definitions"


@dataclass(frozen=True, slots=True)
class Table:
    """What a definition says, as those who approve it read it: words that are translated already."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the definitions of one kind stand, and how they are read. The slice above adds its own with `add_shelf`."""

    paths: Callable[[], Iterable[Path]]
    read: Callable[[Path], Any]  # gives something with slug, title, version and byline
    table: Callable[[Any], Table] | None = None
    waiting: Callable[[str], int] | None = None  # how many wait for this one to be approved


def _instrument(path: Path) -> Instrument:
    return load(Instrument, path)


def _routine(path: Path) -> Routine:
    found = load(Routine, path)
    found.fits(instrument(found.instrument))
    return found


KINDS: dict[str, list[Shelf]] = {
    "instrument": [Shelf(lambda: FOLDER.glob("*.toml"), _instrument)],
    "routine": [Shelf(lambda: (FOLDER / "routines").glob("*.toml"), _routine)],
}


def add_shelf(kind: str, shelf: Shelf) -> None:
    """Let definitions of another slice be read and approved on the same page. Called once, when the house starts."""
    KINDS.setdefault(kind, []).append(shelf)


@cache
def _all(kind: str) -> dict[tuple[str, str], tuple[Any, str, Shelf]]:
    """Every definition of a kind with the digest of its file and where it stands, newest first."""
    read = [
        (shelf.read(path), hashlib.sha256(path.read_bytes()).hexdigest(), shelf)
        for shelf in KINDS[kind]
        for path in shelf.paths()
    ]
    read.sort(key=lambda found: found[0].byline.valid_from, reverse=True)
    return {(found[0].slug, found[0].version): found for found in read}


def _found(kind: str, slug: str, version: str | None) -> tuple[Any, str, Shelf]:
    for (known, its_version), found in _all(kind).items():
        if known == slug and version in (None, its_version):
            return found
    raise Http404


def instrument(slug: str, version: str | None = None) -> Instrument:
    """Which instrument is it? The newest version, or the one named. Errors: Http404."""
    return _found("instrument", slug, version)[0]


def routine_of(slug: str) -> Routine:
    """Which routine answers results of this instrument? Errors: Http404."""
    for routine, _digest, _shelf in _all("routine").values():
        if isinstance(routine, Routine) and routine.instrument == slug:
            return routine
    raise Http404


@cache
def mapping(slug: str) -> Mapping:
    """Which columns of a known data set hold what? Errors: Http404."""
    path = FOLDER / "imports" / f"{slug}.toml"
    if path.parent != FOLDER / "imports" or not path.exists():
        raise Http404
    return mapping_from(path)


def mapping_from(path: Path) -> Mapping:
    """Which columns hold what, by a mapping file? Errors: BadDefinition; ValueError when it fits no instrument."""
    found = load(Mapping, path)
    found.fits(instrument(found.instrument))
    return found


@cache
def telling() -> tuple[Telling, ...]:
    """Which words tell of a form, for each instrument that is here? Errors: BadDefinition."""
    found = tuple(load(Telling, path) for path in sorted((FOLDER / "telling").glob("*.toml")))
    for each in found:
        instrument(each.instrument)
    return found


def digest_of(kind: str, slug: str, version: str | None = None) -> str:
    """What is the digest of the file as it stands? An approval holds for exactly this text."""
    return _found(kind, slug, version)[1]


def versions_of(kind: str, slug: str) -> list[str]:
    """Which versions of the definition are there, newest first?"""
    return [version for known, version in _all(kind) if known == slug]


def approved(kind: str, slug: str, version: str | None = None) -> Approval | None:
    """Who approved this version, as it stands? In production an approval given as practice does not count."""
    definition, digest, _shelf = _found(kind, slug, version)
    found = Approval.objects.filter(kind=kind, slug=slug, version=definition.version, digest=digest)
    if settings.IS_PRODUCTION:
        found = found.filter(is_practice=False)
    return found.select_related("approved_by").first()


def may_be_used(slug: str) -> bool:
    """May forms of this instrument be filled in here? In production both it and its routine must be approved."""
    if not settings.IS_PRODUCTION:
        return True
    return bool(approved("instrument", slug) and approved("routine", routine_of(slug).slug))


def known() -> list[Instrument]:
    """Which instruments are there, each in its newest version?"""
    return [instrument(slug) for slug in dict.fromkeys(slug for slug, _version in _all("instrument"))]


def usable() -> list[Instrument]:
    """Which instruments may be filled in here?"""
    return [form for form in known() if may_be_used(form.slug)]


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """One definition as those who approve it read it."""

    kind: str
    definition: Any
    digest: str
    approvals: tuple[Approval, ...]
    is_approved: bool
    table: Table | None = None
    waiting: int = 0  # how many wait for it to be approved

    @property
    def label(self) -> Label:
        return labels.approval_label(self)

    @property
    def evidence(self) -> str:
        return labels.EVIDENCE[self.definition.byline.evidence]

    @property
    def items(self) -> tuple:
        """The questions, each with the points of its boxes in the paper's order."""
        if not isinstance(self.definition, Instrument):
            return ()
        return tuple((item, " – ".join(map(str, item.paper))) for item in self.definition.items)

    @property
    def limits(self) -> tuple[str, ...]:
        """The limits and alerts of a form, each with who says so and how sure it is."""
        return labels.limits_of(self.definition) if isinstance(self.definition, Instrument) else ()

    @property
    def source(self) -> str:
        return gettext(self.definition.byline.source)

    @property
    def steps(self) -> tuple[tuple[Any, str], ...]:
        """The steps of a routine, each with who says so and how sure it is."""
        if not isinstance(self.definition, Routine):
            return ()
        said = [(step, gettext(step.source), labels.EVIDENCE[step.evidence]) for step in self.definition.steps]
        return tuple((step, f"{source} ({evidence})") for step, source, evidence in said)

    @property
    def is_instrument(self) -> bool:
        return self.kind == Approval.Kind.INSTRUMENT

    @property
    def kind_word(self) -> str:
        return str(Approval.Kind(self.kind).label)


def definition_page(*, viewer: Viewer, kind: str, slug: str) -> DefinitionPage:
    """What does the definition say, and who has approved it? Errors: Http404, also for those who approve nothing."""
    if kind not in KINDS or not viewer.may(Permission.APPROVE_DEFINITIONS):
        raise Http404
    definition, digest, shelf = _found(kind, slug, None)
    approvals = Approval.objects.filter(kind=kind, slug=slug).select_related("approved_by")
    return DefinitionPage(
        kind=kind,
        definition=definition,
        digest=digest,
        approvals=tuple(approvals),
        is_approved=approved(kind, slug) is not None,
        table=shelf.table(definition) if shelf.table else None,
        waiting=shelf.waiting(slug) if shelf.waiting else 0,
    )


def definitions(*, viewer: Viewer) -> list[DefinitionPage]:
    """Which definitions are there to approve?"""
    if not viewer.may(Permission.APPROVE_DEFINITIONS):
        return []
    return [definition_page(viewer=viewer, kind=kind, slug=slug) for kind, slug in _newest()]


def _newest() -> list[tuple[str, str]]:
    return [(kind, slug) for kind in KINDS for slug in dict.fromkeys(slug for slug, _version in _all(kind))]


def lacking_approval() -> list[tuple[str, str, str]]:
    """Which definitions has nobody approved as they stand, in practice too: (kind, slug, version)?"""
    given = Approval.objects.filter(is_practice=False) if settings.IS_PRODUCTION else Approval.objects.all()
    stand = set(given.values_list("kind", "slug", "version", "digest"))
    newest = [(kind, slug, *_found(kind, slug, None)) for kind, slug in _newest()]
    return [
        (kind, slug, definition.version)
        for kind, slug, definition, digest, _shelf in newest
        if (kind, slug, definition.version, digest) not in stand
    ]


def not_approved() -> list[tuple[str, str, str]]:
    """Which definitions may not be used in earnest yet: (kind, slug, version)? None outside production."""
    return lacking_approval() if settings.IS_PRODUCTION else []


def check_definitions_are_approved(databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    """System check, run with the database: production starts without them, and refuses to use what is not approved."""
    if not databases or Approval._meta.db_table not in connections["default"].introspection.table_names():
        return []
    return [
        Warning(
            f"The {kind} «{slug}», version {version}, is not approved: it is not used before somebody approves it.",
            hint="An administrator or a leader reads and approves it on the page «Definitions».",
            id="instruments.W001",
        )
        for kind, slug, version in not_approved()
    ]
