"""What a form in a file asks for, given what is here of it from before: one table. No database."""

from datetime import date, timedelta

import pytest

from fotspor.instruments.queries.definitions import instrument, mapping
from fotspor.instruments.rules import BadRow, Do, Form, Stored, imports, what_to_do

DAY = date(2026, 11, 24)
OLD = DAY - timedelta(days=imports.CURRENT_DAYS + 1)
EPDS, PDEPS = instrument("epds"), mapping("pdeps")
LOW, HIGHER, OTHER = {"epds01": 1}, {"epds01": 2}, {"epds01": 3}
ALARM = {"epds10": 1}


def form(answers, answered_on=DAY, alerts=(), *, history=False, withdrawn=False, corrected_to=None):
    versions = ((answers, answered_on),) + (((corrected_to, answered_on),) if corrected_to else ())
    return Stored(versions, frozenset(alerts), is_history=history, is_withdrawn=withdrawn)


def history(answers, answered_on=DAY, **more):
    return form(answers, answered_on, history=True, **more)


HISTORY, CURRENT = None, DAY
NEW = None
TABLE = [
    # what is here                               in the file   answered    read as   what is done, or why not
    (NEW, LOW, OLD, HISTORY, Do.STORE),
    (NEW, LOW, DAY, CURRENT, Do.STORE),
    (NEW, LOW, OLD, CURRENT, imports.NOT_CURRENT),
    (NEW, LOW, None, HISTORY, imports.NO_DATE),
    (NEW, LOW, None, CURRENT, imports.NO_DATE),
    # the same form once more
    (form(LOW), LOW, DAY, CURRENT, Do.NOTHING),
    (form(LOW), LOW, DAY, HISTORY, Do.NOTHING),
    (history(LOW, OLD), LOW, OLD, HISTORY, Do.NOTHING),
    (history(LOW), LOW, DAY, CURRENT, Do.MAKE_CURRENT),
    (history(LOW, OLD), LOW, OLD, CURRENT, imports.HISTORY_TOO_OLD),
    (history(LOW, withdrawn=True), LOW, DAY, CURRENT, Do.NOTHING),
    (form(LOW, corrected_to=HIGHER), LOW, DAY, CURRENT, Do.NOTHING),
    # another day
    (form(LOW), LOW, DAY - timedelta(days=1), CURRENT, imports.OTHER_DATE),
    (history(LOW, OLD), HIGHER, DAY, CURRENT, imports.OTHER_DATE),
    # other answers
    (form(LOW), HIGHER, DAY, CURRENT, Do.CORRECT),
    (form(LOW), ALARM, DAY, CURRENT, Do.CORRECT),
    (form(ALARM, alerts=["safety"]), LOW, DAY, CURRENT, imports.OTHER_ANSWERS_WITHOUT_ALERT),
    (form(ALARM, alerts=["safety"]), {**ALARM, **LOW}, DAY, CURRENT, Do.CORRECT),
    (form(LOW), HIGHER, DAY, HISTORY, imports.OTHER_ANSWERS_IN_USE),
    (form(LOW, withdrawn=True), HIGHER, DAY, CURRENT, imports.OTHER_ANSWERS_WITHDRAWN),
    (form(LOW, corrected_to=HIGHER), OTHER, DAY, CURRENT, imports.OTHER_ANSWERS_CORRECTED),
    (history(LOW, OLD), HIGHER, OLD, HISTORY, Do.CORRECT),
    (history(ALARM, OLD, alerts=["safety"]), LOW, OLD, HISTORY, Do.CORRECT),
    (history(LOW), HIGHER, DAY, CURRENT, Do.CORRECT),
    (history(LOW, OLD), HIGHER, OLD, CURRENT, imports.HISTORY_TOO_OLD),
    (history(LOW, OLD, withdrawn=True), HIGHER, OLD, CURRENT, imports.OTHER_ANSWERS_WITHDRAWN),
]


@pytest.mark.parametrize(("stored", "answers", "answered_on", "today", "wanted"), TABLE)
def test_what_a_form_asks_for_with_what_is_here_from_before(stored, answers, answered_on, today, wanted):
    found = Form("pdeps:a1", "survey", answers, answered_on, "nb")
    try:
        done = what_to_do(found, stored, PDEPS, EPDS, today=today)
    except BadRow as refused:
        done = refused.reason
    assert done == wanted


def test_answers_that_are_refused_are_named_by_their_columns():
    found = Form("pdeps:a1", "survey", {"epds01": 2, "epds03": 1}, DAY, "nb")
    with pytest.raises(BadRow) as refused:
        what_to_do(found, form(LOW, withdrawn=True), PDEPS, EPDS, today=DAY)
    assert refused.value.facts == {"columns": "epds1, epds3"}


def test_a_date_that_differs_is_named_with_the_one_here():
    found = Form("pdeps:a1", "survey", LOW, OLD, "nb")
    with pytest.raises(BadRow) as refused:
        what_to_do(found, form(LOW), PDEPS, EPDS, today=None)
    assert refused.value.facts == {"stored": DAY.isoformat(), "file": OLD.isoformat()}
