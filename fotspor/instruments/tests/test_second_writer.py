"""Two colleagues write in one draft: what saves itself never takes the other's answers away."""

import pytest

from fotspor.instruments import actions
from fotspor.instruments.models import Duty, Response
from fotspor.instruments.tests.test_actions import draft
from fotspor.instruments.tests.test_views import HTMX, morning, posted, text, url  # noqa: F401
from fotspor.instruments.tests.world import AT, DAY, answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(world):
    """A draft that both have open at version 1, and the colleague saves first."""
    mine = draft(world, answers(4))
    theirs = Response.objects.get()
    actions.save_draft(
        subject=theirs.subject, informant_kind="mother", instrument="epds", answers=answers(12), answered_on=DAY,
        occasion="six_weeks", response=theirs, version=1, by=world.colleague, at=AT,
    )  # fmt: skip
    return mine


def kept(response):
    return Response.objects.get(pk=response.pk).answers


def test_what_saves_itself_goes_on_being_refused(nurse, begun, world):
    for points in (5, 6):  # the second time too: nothing but a button saves over a colleague
        reply = nurse.post(url("response_draft", begun.key), posted(begun, answers(points)), headers=HTMX)
        assert reply.status_code == 422
        assert kept(begun) == answers(12)
        page = text(reply)
        assert 'name="version" value="1"' in page
        assert 'name="seen" value="2"' in page
        assert world.staff["colleague"].name in page


def test_the_answer_says_which_answers_differ_and_keeps_what_was_typed(nurse, begun):
    reply = nurse.post(url("response_draft", begun.key), posted(begun, answers(5)))
    assert reply.status_code == 422
    assert reply.context["form"].answers() == answers(5)
    assert reply.context["form"].meanwhile.rows
    assert kept(begun) == answers(12)


def test_a_button_saves_over_what_was_shown(nurse, begun):
    both = posted(begun, answers(5), seen="2")
    assert nurse.post(url("response_draft", begun.key), both, headers=HTMX).status_code == 422
    assert nurse.post(url("response_draft", begun.key), both).status_code == 302
    assert kept(begun) == answers(5)


def test_a_third_save_in_between_is_shown_first(nurse, begun, world):
    third = Response.objects.get()
    actions.save_draft(
        subject=third.subject, informant_kind="mother", instrument="epds", answers=answers(9), answered_on=DAY,
        occasion="six_weeks", response=third, version=2, by=world.colleague, at=AT,
    )  # fmt: skip
    reply = nurse.post(url("response_draft", begun.key), posted(begun, answers(5), seen="2"))
    assert reply.status_code == 422
    assert 'name="seen" value="3"' in text(reply)
    assert kept(begun) == answers(9)


def test_signing_is_held_back_the_same_way(nurse, begun):
    reply = nurse.post(url("response_sign", begun.key), posted(begun, answers(5)))
    assert reply.status_code == 422
    assert 'name="seen" value="2"' in text(reply)
    assert nurse.post(url("response_sign", begun.key), posted(begun, answers(5), seen="2")).status_code == 302
    assert Response.objects.get().is_signed


def test_an_alarm_of_the_second_writer_is_said_and_opens_with_the_button(nurse, begun):
    typed = posted(begun, answers(5, item10=1))
    assert nurse.post(url("response_draft", begun.key), typed, headers=HTMX).status_code == 422
    assert not Duty.objects.filter(step="safety").exists()
    nurse.post(url("response_draft", begun.key), typed | {"seen": "2"})
    assert Duty.objects.filter(step="safety", ended_on=None).exists()


def test_alone_in_the_draft_nothing_is_held_back(nurse, world):
    response = draft(world, answers(4))
    reply = nurse.post(url("response_draft", response.key), posted(response, answers(5)), headers=HTMX)
    assert reply.status_code == 200
    assert 'name="version" value="2"' in text(reply)
    assert 'name="seen"' not in text(reply)
