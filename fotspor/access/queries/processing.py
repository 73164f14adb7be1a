"""The record of processing, made from what the tables say they hold and from the rules. Written nowhere by hand."""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext

from fotspor.access import labels
from fotspor.access.queries.visibility import NotVisible, table
from fotspor.access.rules import Permission, Viewer
from fotspor.access.rules.processing import PROCESSINGS, Law, Processing, Standing, not_verified, processing_of
from fotspor.kit.labels import Label
from fotspor.kit.models import Holds, Retention

KINDS = ("personal", "special", "organisational", "technical")


@dataclass(frozen=True, slots=True)
class LawLine:
    """One basis, and whether somebody has seen it in a source."""

    text: str
    label: Label
    source: str


@dataclass(frozen=True, slots=True)
class TableLine:
    """One table: its name in the database, how long its rows are kept, and its columns by kind."""

    name: str
    kept: str | Promise
    columns: tuple[tuple[str | Promise, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ProcessingLine:
    """One purpose: what is held for it, about whom, on what basis, how long, and who receives any of it."""

    key: str
    title: str
    purpose: str
    subjects: tuple[str, ...]
    recipients: tuple[str, ...]
    laws: tuple[LawLine, ...]
    personal: int  # columns
    special: int
    kept: tuple[str | Promise, ...]
    tables: tuple[TableLine, ...]


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for it all."""

    name: str
    organisation_number: str
    phone: str
    officers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessingRecord:
    """All of it."""

    controller: Controller
    lines: tuple[ProcessingLine, ...]
    framework: tuple[str, ...]  # tables of the framework: sessions and sign-in
    not_verified: int


def processing_record(*, viewer: Viewer) -> ProcessingRecord:
    """What does the municipality use personal data for here? Errors: NotVisible for all but the officer."""
    if not viewer.may(Permission.SEE_LOG):
        raise NotVisible
    tables = _tables()
    return ProcessingRecord(
        controller=_controller(),
        lines=tuple(_line(processing, tables.get(processing.key, [])) for processing in PROCESSINGS),
        framework=tuple(sorted(model._meta.label for model in apps.get_models() if not hasattr(model, "holds"))),
        not_verified=len(not_verified({law for processing in PROCESSINGS for law in processing.laws})),
    )


def _tables() -> dict[str, list[tuple[str, Holds]]]:
    """What each table holds, by the processing it belongs to. Made-up people are no processing."""
    found: dict[str, list[tuple[str, Holds]]] = {}
    for model in sorted(apps.get_models(), key=_label):
        holds = getattr(model, "holds", None)
        if holds is not None and model._meta.app_label != "simulation":
            found.setdefault(processing_of(_label(model)), []).append((_label(model), holds))
    return found


def _label(model: type[Model]) -> str:
    return model._meta.label


def _line(processing: Processing, tables: list[tuple[str, Holds]]) -> ProcessingLine:
    kept = {holds.retention for _name, holds in tables}
    return ProcessingLine(
        key=processing.key,
        title=gettext(processing.title),
        purpose=gettext(processing.purpose),
        subjects=tuple(gettext(each) for each in processing.subjects),
        recipients=tuple(gettext(each) for each in processing.recipients),
        laws=tuple(_law(law) for law in processing.laws),
        personal=sum(len(list(holds.personal)) for _name, holds in tables),
        special=sum(len(list(holds.special)) for _name, holds in tables),
        kept=tuple(labels.RETENTIONS[each] for each in Retention if each in kept),
        tables=tuple(_table(name, holds) for name, holds in tables),
    )


def _law(law: Law) -> LawLine:
    return LawLine(gettext(law.text), labels.STANDINGS[Standing(law.standing)], law.source)


def _table(name: str, holds: Holds) -> TableLine:
    columns = ((labels.DATA_KINDS[kind], tuple(sorted(getattr(holds, kind)))) for kind in KINDS)
    return TableLine(name, labels.RETENTIONS[holds.retention], tuple((word, names) for word, names in columns if names))


def _controller() -> Controller:
    values = table("services.Municipality").objects.values_list("name", "organisation_number", "phone").first()
    posts = table("services.Membership").objects.filter(role="privacy_officer", until_on=None, staff__is_active=True)
    officers = posts.order_by("from_on", "pk").values_list("staff__given_name", "staff__family_name")
    return Controller(*(values or ("", "", "")), officers=tuple(f"{given} {family}" for given, family in officers))
