"""After a correction the page and the task say what stands now and what stood, and nothing that no longer is so."""

import pytest
from django.utils.translation import override

from fotspor.instruments import actions, queries
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.test_actions import draft, signed
from fotspor.instruments.tests.test_duties import HELD, answer, mistyped
from fotspor.instruments.tests.test_views import morning, text, url  # noqa: F401 - a fixture
from fotspor.instruments.tests.world import AT, CALM, answers
from fotspor.worklist import labels
from fotspor.worklist.models import Task

STANDS = "Spørsmål 10 har svar over 0."
STOOD = "Spørsmål 10 hadde svar over 0 da skjemaet først ble lagret"
NOW = "Spørsmål 10 har ikke svar over 0."
LEFT = "Trygghetssamtalen står til den er holdt, eller til noen sier at svaret var feilskrevet."
WRONG = "Krysset i feil rute"

# What is done to the form, and what the page of the safety conversation says: now, before, that it still stands.
PAGES = [
    ("as it was written", lambda world: draft(world, answers(4, item10=1)), (True, False, False)),
    ("the draft is put right", mistyped, (False, True, True)),
    ("the signed form is corrected", lambda world: corrected(world), (False, True, True)),
    ("corrected back to over 0", lambda world: corrected(world, then=2), (True, False, False)),
    ("withdrawn as mistyped", lambda world: withdrawn(world), (False, True, False)),
    ("held, then put right", lambda world: held_then_corrected(world), (False, True, False)),
    ("the answer is taken away", lambda world: emptied(world), (False, True, True)),
]


def corrected(world, then=None):
    response = signed(world, answers(4, item10=1))
    found = actions.correct(response=response, answers=CALM, reason=WRONG, by=world.nurse, at=AT)
    if then is not None:
        again = answers(4, item10=then)
        found = actions.correct(response=found, answers=again, reason="Var riktig", by=world.nurse, at=AT)
    return found


def withdrawn(world):
    found = corrected(world)
    actions.withdraw_alert(duty=Duty.objects.get(step="safety"), reason=WRONG, by=world.nurse, at=AT)
    return found


def held_then_corrected(world):
    response = signed(world, answers(4, item10=1))
    answer(world, "safety", "no_danger", **HELD)
    return actions.correct(response=response, answers=CALM, reason=WRONG, by=world.nurse, at=AT)


def emptied(world):
    response = draft(world, answers(4, item10=1))
    given = {key: points for key, points in answers(4).items() if key != "epds10"}
    return draft(world, given, response=response, version=1)


@pytest.fixture
def page(nurse):
    def read():
        return text(nurse.get(url("duty", Duty.objects.get(step="safety").key)))

    return read


@pytest.mark.django_db
@pytest.mark.parametrize(("done", "said"), [(do, said) for _name, do, said in PAGES], ids=[name for name, *_ in PAGES])
def test_the_page_says_what_stands_now_and_what_stood(page, world, done, said):
    done(world)
    html = page()
    stands, put_right, waits = said
    assert (STANDS in html, STOOD in html and NOW in html, LEFT in html) == (stands, put_right, waits)


@pytest.mark.django_db
def test_a_correction_is_said_with_who_when_and_why(page, world):
    corrected(world)
    html = page()
    assert f"Rettet av {world.staff['nurse'].name}" in html
    assert WRONG in html


@pytest.mark.django_db
def test_the_task_says_so_too_and_goes_back_when_the_answer_was_right_after_all(world):
    response = corrected(world)
    task = Task.objects.open().get(ref__endswith=":safety")
    with override("nb"):
        assert labels.explanation(task).startswith(f"{STOOD}, og har det ikke slik skjemaet står nå.")
    again = answers(4, item10=1)
    actions.correct(response=response, answers=again, reason="Var riktig", by=world.nurse, at=AT)
    task.refresh_from_db()
    assert task.rule == queries.routine_of("epds").step("safety").sentence


def test_a_form_that_cannot_be_corrected_or_withdrawn_shows_itself_instead(nurse, world):
    """Nobody types a reason for nothing: what cannot be done any more is said before, not after."""
    begun, first = draft(world, answers(4)), signed(world, answers(12))
    second = actions.correct(response=first, answers=answers(4), reason="Feil rute", by=world.nurse, at=AT)
    gone = actions.withdraw(response=second, version=second.version, reason="Feil person", by=world.nurse, at=AT)
    refused = [("correct", begun), ("correct", first), ("correct", gone), ("withdraw", first), ("withdraw", gone)]
    for what, response in refused:
        assert nurse.get(url(f"response_{what}", response.key)).headers["Location"] == url("response", response.key)
    filled = {"reason": "Likevel", "version": begun.version, **{key: str(code) for key, code in answers(5).items()}}
    facts = {"answered_on": "2026-11-24", "informant_kind": "mother", "language": "nb", "occasion": "six_weeks"}
    said = nurse.post(url("response_correct", begun.key), filled | facts)
    assert said.status_code == 422
    assert "ikke signert" in text(said)
    assert "Likevel" in text(said)
