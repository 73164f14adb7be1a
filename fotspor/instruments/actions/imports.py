"""Forms that come as a file. Each form is whole in its own transaction, so that a run that stops can be run again."""

from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Row
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from fotspor.access import actions as access
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Permission, Viewer
from fotspor.instruments import queries, rules
from fotspor.instruments.actions.approvals import _require_approved
from fotspor.instruments.actions.responses import _fill
from fotspor.instruments.actions.routine import reconcile
from fotspor.instruments.models import Response
from fotspor.instruments.rules import BadRow, Form, Instrument, Mapping
from fotspor.people.models import Person

NOT_CURRENT = gettext_noop("The form has no answer date within 14 days, and cannot be read as current.")
NO_DATE = gettext_noop("Neither the row nor the mapping file says when the form was answered.")
SubjectFor = Callable[[str], Person]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken in. `reason` is an English message id that `facts` fill in."""

    row: int  # as a spreadsheet counts: the line of headings is 1
    reason: str
    facts: Row[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.row}: {self.reason % self.facts}"


@dataclass(slots=True)
class ImportReport:
    """What a run did, and how far it came."""

    read: int = 0
    stored: int = 0
    known: int = 0  # stored by an earlier run, and left as they are
    refused: list[Refusal] = field(default_factory=list)
    opened: Counter = field(default_factory=Counter)  # duties by step


def import_responses(
    *,
    instrument: str,
    rows: Iterable[Row[str, str | None]],
    mapping: Mapping,
    as_current: bool,
    subject_for: SubjectFor,
    unit_id: int | None = None,
    by: Viewer,
    at: datetime,
    progress: Callable[[ImportReport], None] | None = None,
) -> ImportReport:
    """Take in forms, complete or not. History is counted and opens nothing; current ones open what they demand.

    Shape   one transaction for each form; study id and wave are unique, so the same file twice changes nothing.
            `subject_for` gives the person of a study id, and is asked only for forms that are stored.
    Errors  a bad row is refused in the report, with row and reason; NotVisible without the permission; NotApproved;
            ValueError when mapping and instrument differ, or a current import has no unit to answer results.
    """
    if not by.may(Permission.IMPORT):
        raise NotVisible
    _require_approved(instrument)
    if as_current and unit_id is None:
        raise ValueError("current forms need a unit that answers their results")
    form = queries.instrument(instrument)
    mapping.fits(form)
    known = set(
        Response.objects.filter(
            instrument=instrument, study_id__startswith=f"{mapping.study}:", corrects=None
        ).values_list("study_id", "occasion")
    )
    report, today = ImportReport(), timezone.localdate(at)
    for number, row in enumerate(rows, start=2):
        try:
            found = rules.read_form(mapping, form, row)
            if found is None:
                continue
            report.read += 1
            if (found.study_id, found.wave) in known:
                report.known += 1
                continue
            if found.answered_on is None:
                raise BadRow(NO_DATE)
            if as_current and not rules.is_current(found, today):
                raise BadRow(NOT_CURRENT)
        except BadRow as bad:
            report.refused.append(Refusal(number, bad.reason, bad.facts))
            continue
        known.add((found.study_id, found.wave))
        opened = _store(found, form, mapping, as_current, subject_for, unit_id, by, at)
        report.stored += 1
        report.opened.update(opened)
        if progress is not None:
            progress(report)
    return report


@transaction.atomic
def _store(
    found: Form,
    form: Instrument,
    mapping: Mapping,
    as_current: bool,
    subject_for: SubjectFor,
    unit_id: int | None,
    by: Viewer,
    at: datetime,
) -> list[str]:
    """Store one form, signed as it came, and begin what it demands when it is current."""
    subject = subject_for(found.study_id)
    response = Response(
        instrument=form.slug,
        instrument_version=form.version,
        subject=subject,
        informant=subject,
        informant_kind=mapping.informant_kind,
        unit_id=unit_id,
        occasion=found.wave,
        language=found.language,
        answered_on=found.answered_on,
        is_history=not as_current,
        study_id=found.study_id,
        saved_at=at,
        saved_by_id=by.staff_id,
        signed_at=at,
        signed_by_id=by.staff_id,
    )
    _fill(response, found.answers)
    response.save()
    duties = reconcile(response=response, by=by, at=at) if as_current else []
    access.log(
        type="instruments.response.imported",
        by=by,
        at=at,
        person=subject.key,
        object=f"instruments.response:{response.key}",
        study=mapping.study,
        wave=found.wave,
        as_current=as_current,
    )
    return [duty.step for duty in duties]
