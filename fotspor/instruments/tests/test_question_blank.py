"""A question that is acted on alone and is blank is no «no»: it is asked again, in words, whatever the sum is."""

from dataclasses import replace

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from fotspor.instruments import actions, queries, rules
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.test_actions import draft, open_steps, signed
from fotspor.instruments.tests.test_duties import answer
from fotspor.instruments.tests.world import AT, DAY, answers
from fotspor.kit import clock
from fotspor.worklist.labels import explanation
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
BLANK = ("epds10",)
SAID = "Spørsmål 10 er ikke besvart: spør på nytt"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: DAY)


def page(client, name, *keys):
    return client.get(reverse(f"instruments:{name}", args=keys)).content.decode()


def asked(response, step="ask_again"):
    return Task.objects.open().get(ref=f"response:{response.root.key}:{step}")


@pytest.mark.parametrize(
    ("total", "steps"),
    [
        (0, ["ask_again", "talk"]),
        (6, ["ask_again", "talk"]),
        (8, ["ask_again", "talk"]),
        (12, ["ask_again_upper", "letter", "support", "talk"]),
        (14, ["ask_again", "letter", "support", "talk"]),
        (27, ["ask_again", "letter", "support", "talk"]),
    ],
)
def test_it_is_asked_again_once_whatever_the_sum_is(world, total, steps):
    response = signed(world, answers(total, missing=BLANK))
    assert response.is_signed
    assert open_steps(response) == steps
    step = next(key for key in steps if key.startswith("ask_again"))
    with override("nb"):
        assert SAID in explanation(asked(response, step))


def test_the_sum_that_is_undecided_too_is_said_with_it(world):
    both, alone = signed(world, answers(8, missing=BLANK)), signed(world, answers(2, missing=BLANK))
    with override("nb"):
        assert "anslås" in explanation(asked(both))
        assert "anslås" not in explanation(asked(alone))


def test_another_question_that_is_missing_says_nothing_of_question_ten(world):
    decided, undecided = signed(world, answers(2, missing=("epds08",))), signed(world, answers(9, missing=("epds08",)))
    assert "ask_again" not in open_steps(decided)
    with override("nb"):
        assert "pørsmål 10" not in explanation(asked(undecided))


def test_it_is_said_on_the_draft_the_signed_page_the_task_and_the_sheet(world, nurse):
    begun = draft(world, answers(2, missing=BLANK))
    assert open_steps(begun) == []
    shown = page(nurse, "response", begun.key)
    assert SAID in shown
    assert "Spør på nytt om det som mangler" in shown
    response = actions.sign(response=begun, version=begun.version, by=world.nurse, at=AT)
    shown = page(nurse, "response", response.key)
    assert SAID in shown
    assert "Ikke besvart" in shown
    assert SAID in page(nurse, "duty", Duty.objects.get(step="ask_again").key)
    sheet = nurse.post(reverse("instruments:response_print", args=[response.key])).headers["Location"]
    assert SAID in nurse.get(sheet).content.decode()


def test_a_form_that_has_the_answer_or_nothing_yet_says_nothing_of_it(world, nurse):
    assert SAID not in page(nurse, "response", signed(world, answers(4)).key)
    assert SAID not in page(nurse, "response", signed(world, answers(4, item10=1)).key)
    empty = draft(world, {})
    assert SAID not in page(nurse, "response", empty.key)


def test_answered_only_when_the_form_has_it_and_then_it_closes_by_itself(world):
    response = signed(world, answers(2, missing=BLANK))
    with pytest.raises(actions.OutcomeIncomplete), transaction.atomic():
        answer(world, "ask_again", "answered")
    whole = actions.correct(response=response, answers=answers(2), reason="Spurt på nytt", by=world.nurse, at=AT)
    assert open_steps(whole) == ["talk"]


def test_asked_again_and_over_0_opens_the_safety_conversation(world):
    response = signed(world, answers(14, missing=BLANK))
    given = answers(15, item10=1)
    whole = actions.correct(response=response, answers=given, reason="Spurt på nytt", by=world.nurse, at=AT)
    assert open_steps(whole) == ["letter", "safety", "support", "talk"]


def test_a_no_is_an_answer_and_is_not_asked_a_third_time(world):
    response = signed(world, answers(2, missing=BLANK))
    answer(world, "ask_again", "wants_no")
    assert open_steps(response) == ["talk"]
    other = {**answers(3, missing=BLANK)}
    again = actions.correct(response=response, answers=other, reason="Feil rute", by=world.nurse, at=AT)
    assert open_steps(again) == ["talk"]


def test_a_routine_that_could_not_ask_does_not_load():
    form, routine = queries.instrument("epds"), queries.routine_of("epds")
    silent = replace(routine, steps=tuple(step for step in routine.steps if not step.asks_again))
    with pytest.raises(ValueError, match="no step asks again"):
        silent.fits(form)
    replace(routine).fits(form)
    assert rules.unanswered(form, {}) == (form.item("epds10"),)
    assert rules.unanswered(form, {"epds10": 0}) == ()
