"""Which instruments, routines and mappings there are, and which of them the municipality has approved."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404

from fotspor.access.rules import Permission, Viewer
from fotspor.instruments import labels
from fotspor.instruments.models import Approval
from fotspor.instruments.rules import Instrument, Mapping, Routine
from fotspor.kit.definitions import load
from fotspor.kit.labels import Label

FOLDER = Path(__file__).resolve().parents[1] / "definitions"
KINDS = {"instrument": (Instrument, FOLDER), "routine": (Routine, FOLDER / "routines")}


@cache
def _all(kind: str) -> dict[tuple[str, str], tuple[Instrument | Routine, str]]:
    """Every definition of a kind with the digest of its file, newest first."""
    shape, folder = KINDS[kind]
    read = [(load(shape, path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in folder.glob("*.toml")]
    read.sort(key=lambda pair: pair[0].byline.valid_from, reverse=True)
    for definition, _digest in read:
        if isinstance(definition, Routine):
            definition.fits(instrument(definition.instrument))
    return {(definition.slug, definition.version): (definition, digest) for definition, digest in read}


def _found(kind: str, slug: str, version: str | None) -> tuple[Instrument | Routine, str]:
    for (known, its_version), pair in _all(kind).items():
        if known == slug and version in (None, its_version):
            return pair
    raise Http404


def instrument(slug: str, version: str | None = None) -> Instrument:
    """Which instrument is it? The newest version, or the one named. Errors: Http404."""
    return _found("instrument", slug, version)[0]


def routine_of(slug: str) -> Routine:
    """Which routine answers results of this instrument? Errors: Http404."""
    for (_slug, _version), (routine, _digest) in _all("routine").items():
        if routine.instrument == slug:
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


def digest_of(kind: str, slug: str, version: str | None = None) -> str:
    """What is the digest of the file as it stands? An approval holds for exactly this text."""
    return _found(kind, slug, version)[1]


def approved(kind: str, slug: str, version: str | None = None) -> Approval | None:
    """Who approved this version, as it stands? In production an approval given as practice does not count."""
    definition, digest = _found(kind, slug, version)
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
    definition: Instrument | Routine
    digest: str
    approvals: tuple[Approval, ...]
    is_approved: bool

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
    def is_instrument(self) -> bool:
        return self.kind == Approval.Kind.INSTRUMENT


def definition_page(*, viewer: Viewer, kind: str, slug: str) -> DefinitionPage:
    """What does the definition say, and who has approved it? Errors: Http404, also for those who approve nothing."""
    if kind not in KINDS or not viewer.may(Permission.APPROVE_DEFINITIONS):
        raise Http404
    definition, digest = _found(kind, slug, None)
    approvals = Approval.objects.filter(kind=kind, slug=slug).select_related("approved_by")
    return DefinitionPage(kind, definition, digest, tuple(approvals), approved(kind, slug) is not None)


def definitions(*, viewer: Viewer) -> list[DefinitionPage]:
    """Which definitions are there to approve?"""
    if not viewer.may(Permission.APPROVE_DEFINITIONS):
        return []
    slugs = [(kind, slug) for kind in KINDS for slug in dict.fromkeys(slug for slug, _version in _all(kind))]
    return [definition_page(viewer=viewer, kind=kind, slug=slug) for kind, slug in slugs]
