"""Forms that come as a file. Each form is whole in its own transaction, so that a run that stops can be run again."""

from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Row
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Permission, Viewer
from fotspor.instruments import queries, rules
from fotspor.instruments.actions.approvals import _require_approved
from fotspor.instruments.actions.responses import _fill, _put_in_place
from fotspor.instruments.actions.routine import reconcile
from fotspor.instruments.models import Response
from fotspor.instruments.rules import BadFile, BadRow, Do, FileFault, Form, Instrument, Mapping, Stored
from fotspor.instruments.rules.imports import TWICE
from fotspor.kit.errors import Refused
from fotspor.people.models import Person
from fotspor.services.queries import may_be_done_at

OTHER_ANSWERS = _("The file that the form came from has other answers now.")
SAYS = {
    FileFault.EMPTY: _("The file has no forms. Nothing was stored."),
    FileFault.TOO_LARGE: _("The file is larger than %(detail)s. Nothing was stored."),
    FileFault.ENCODING: _("The file is not written in UTF-8 (row %(detail)s). Nothing was stored."),
    FileFault.CUT: _("The file seems to be cut off or broken at row %(detail)s. Nothing was stored: fetch it again."),
    FileFault.COLUMNS: _("The file lacks columns, or has one twice: %(detail)s. Nothing was stored."),
    FileFault.ROWS: _("The file has another number of rows than was said: %(detail)s. Nothing was stored."),
}
SubjectFor = Callable[[str], Person]


class CannotUse(Refused):
    """The file as a whole cannot be used."""

    def __init__(self, fault: FileFault, detail: str = ""):
        self.fault, self.detail = fault, detail
        super().__init__(SAYS[fault] % {"detail": detail})


class WrongUnit(Refused):
    """Nobody there may open what the forms demand."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken in. `reason` is an English message id that `facts` fill in."""

    row: int  # as a spreadsheet counts: the line of headings is 1
    reason: str
    facts: Row[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return self.reason % self.facts

    def __str__(self) -> str:
        return f"{self.row}: {self.sentence}"


@dataclass(slots=True)
class ImportReport:
    """What a run did, and how far it came."""

    read: int = 0
    stored: int = 0
    known: int = 0  # stored by an earlier run, and left as they are
    corrected: list[int] = field(default_factory=list)  # rows with other answers than an earlier file had
    made_current: list[int] = field(default_factory=list)  # rows that were here as history
    absent: int = 0  # stored by an earlier run, and not in this file
    refused: list[Refusal] = field(default_factory=list)
    opened: Counter = field(default_factory=Counter)  # duties by step

    @property
    def changed(self) -> int:
        return self.stored + len(self.corrected) + len(self.made_current)


@dataclass(frozen=True, slots=True)
class _Run:
    """What is the same for every form of a file."""

    form: Instrument
    mapping: Mapping
    as_current: bool
    subject_for: SubjectFor
    unit_id: int | None
    by: Viewer
    at: datetime


def import_responses(
    *,
    instrument: str,
    content: bytes,
    mapping: Mapping,
    as_current: bool,
    subject_for: SubjectFor,
    unit_id: int | None = None,
    rows: int | None = None,
    by: Viewer,
    at: datetime,
    progress: Callable[[ImportReport], None] | None = None,
) -> ImportReport:
    """Take in forms, complete or not. History is counted and opens nothing; current ones open what they demand.

    Shape   one transaction for each form; study id and wave are unique, so the same file twice changes nothing. Other
            answers than an earlier file had correct the form; history that is read as current opens what it demands.
            `subject_for` gives the person of a study id. `rows` is how many the file should have.
    Errors  CannotUse, and then nothing is stored; a bad row is refused in the report, with row and reason; NotVisible
            without the permission; NotApproved; ValueError when mapping and instrument differ, or a current import has
            no unit to answer results.
    """
    if not by.may(Permission.IMPORT):
        raise NotVisible
    _require_approved(instrument)
    if as_current and unit_id is None:
        raise ValueError("current forms need a unit that answers their results")
    if as_current and not may_be_done_at(unit_id=unit_id, permission=Permission.SCREEN):
        raise WrongUnit(_("This unit does not screen, and could not answer the results. Nothing was stored."))
    form = queries.instrument(instrument)
    mapping.fits(form)
    try:
        table = rules.read_table(content, mapping.columns, rows)
    except BadFile as bad:
        raise CannotUse(bad.fault, bad.detail) from None
    run = _Run(form, mapping, as_current, subject_for, unit_id, by, at)
    here = _here(form, mapping)
    report, seen = ImportReport(), {}
    for row in table:
        try:
            found = rules.read_form(mapping, form, row.cells)
            if found is None:
                continue
            report.read += 1
            _take_in(found, row.number, here, seen, run, report)
        except BadRow as bad:
            report.refused.append(Refusal(row.number, bad.reason, bad.facts))
            continue
        if progress is not None:
            progress(report)
    asked = mapping.only_waves or {wave.key for wave in mapping.waves}
    report.absent = sum(wave in asked and (study_id, wave) not in seen for study_id, wave in here)
    return report


def _here(form: Instrument, mapping: Mapping) -> dict[tuple[str, str], list[Response]]:
    """The forms of the study that are here from before, each with its corrections, oldest first."""
    found: dict[tuple[str, str], list[Response]] = {}
    rows = Response.objects.filter(instrument=form.slug, study_id__startswith=f"{mapping.study}:")
    for response in rows.order_by("pk"):
        found.setdefault((response.study_id, response.occasion), []).append(response)
    return found


def _take_in(
    found: Form,
    number: int,
    here: Row[tuple[str, str], list[Response]],
    seen: dict[tuple[str, str], tuple[int, Form]],
    run: _Run,
    report: ImportReport,
) -> None:
    """Do what one row asks for, and count it. Errors: BadRow."""
    place = (found.study_id, found.wave)
    row, first = seen.setdefault(place, (number, found))
    if first is not found:
        if (first.answers, first.answered_on) != (found.answers, found.answered_on):
            raise BadRow(TWICE, row=str(row))
        report.known += 1
        return
    chain = here.get(place, [])
    today = timezone.localdate(run.at) if run.as_current else None
    do = rules.what_to_do(found, _stored(chain), run.mapping, run.form, today=today)
    if do is Do.NOTHING:
        report.known += 1
    elif do is Do.STORE:
        report.opened.update(_store(found, run))
        report.stored += 1
    else:
        report.opened.update(_renew(chain, found, do, run))
        (report.corrected if do is Do.CORRECT else report.made_current).append(number)


def _stored(chain: list[Response]) -> Stored | None:
    if not chain:
        return None
    newest = chain[-1]
    return Stored(
        versions=tuple((each.answers, each.answered_on) for each in chain),
        alerts=frozenset(newest.alerts),
        is_history=newest.is_history,
        is_withdrawn=newest.withdrawn_at is not None,
    )


@transaction.atomic
def _store(found: Form, run: _Run) -> Iterable[str]:
    """Store one form, signed as it came, and begin what it demands when it is current. Which steps were opened?"""
    subject = run.subject_for(found.study_id)
    response = Response(
        instrument=run.form.slug,
        instrument_version=run.form.version,
        subject=subject,
        informant=subject,
        informant_kind=run.mapping.informant_kind,
        unit_id=run.unit_id,
        occasion=found.wave,
        language=found.language,
        answered_on=found.answered_on,
        is_history=not run.as_current,
        study_id=found.study_id,
        saved_at=run.at,
        saved_by_id=run.by.staff_id,
        signed_at=run.at,
        signed_by_id=run.by.staff_id,
    )
    _fill(response, found.answers)
    response.save()
    duties = reconcile(response=response, by=run.by, at=run.at) if run.as_current else []
    _log("imported", response, run)
    return [duty.step for duty in duties]


@transaction.atomic
def _renew(chain: list[Response], found: Form, do: Do, run: _Run) -> Iterable[str]:
    """Bring a form that is here to what the file says now. Which steps were opened?

    Shape   made current, the signed form keeps its answers: only what it is used for changes, and who answers it.
    """
    root, newest = chain[0], chain[-1]
    before = set(root.duties.standing().values_list("step", flat=True))
    if run.as_current and newest.is_history:
        run.subject_for(found.study_id)
        Response.objects.filter(Q(pk=root.pk) | Q(first=root)).update(is_history=False, unit_id=run.unit_id)
        newest = Response.objects.select_related("first", "subject").get(pk=newest.pk)
        if do is Do.MAKE_CURRENT:
            reconcile(response=newest, by=run.by, at=run.at)
        _log("made_current", newest, run)
    if do is Do.CORRECT:
        with translation.override(settings.LANGUAGE_CODE):
            reason = str(OTHER_ANSWERS)
        newest = _put_in_place(newest, found.answers, found.answered_on, reason, run.by, run.at)
        _log("imported", newest, run)
    return set(root.duties.standing().values_list("step", flat=True)) - before


def _log(what: str, response: Response, run: _Run) -> None:
    access.log(
        type=f"instruments.response.{what}",
        by=run.by,
        at=run.at,
        person=response.subject.key,
        object=f"instruments.response:{response.key}",
        study=run.mapping.study,
        wave=response.occasion,
        as_current=run.as_current,
    )
