"""The letter says what has been done, and nothing that has not."""

import pytest
from django.utils.translation import override

from fotspor.instruments import queries
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.test_actions import signed
from fotspor.instruments.tests.test_duties import answer
from fotspor.instruments.tests.world import AT, answers

pytestmark = pytest.mark.django_db
TALKED, OFFERED = "Vi har snakket om svarene", "Vi tilbyr støttesamtaler"


def letter(world):
    key = Duty.objects.standing().get(step="letter").key
    with override("nb"):
        return " ".join(queries.letter_page(viewer=world.nurse, key=key, at=AT).paragraphs)


def test_what_is_not_talked_over_and_not_wanted_is_not_said(world):
    signed(world, answers(14))
    answer(world, "letter", "asked_yes_not_sent")
    assert (TALKED in letter(world), OFFERED in letter(world)) == (False, True)
    answer(world, "talk", "not_talked", note="Tolk kom ikke")
    answer(world, "support", "wants_no")
    assert (TALKED in letter(world), OFFERED in letter(world)) == (False, False)
    assert "følger opp" in letter(world)


def test_what_is_done_is_said(world):
    signed(world, answers(14))
    answer(world, "letter", "asked_yes_not_sent")
    answer(world, "talk", "talked")
    answer(world, "support", "not_reached", tried="Ringte")
    assert (TALKED in letter(world), OFFERED in letter(world)) == (True, True)


def test_a_support_conversation_that_is_not_demanded_is_not_offered(world):
    response = signed(world, answers(14))
    answer(world, "letter", "asked_yes_not_sent")
    Duty.objects.filter(step="support").update(ended_on=AT.date(), end_reason="x")
    assert OFFERED not in letter(world)
    assert response.pk


def test_an_occasion_and_a_language_with_the_same_key_have_each_their_word(world):
    response = signed(world, answers(4), occasion="other", language="other")
    with override("nb"):
        page = queries.response_page(viewer=world.nurse, key=response.key, at=AT)
    said = {str(head): str(value) for head, value in page.rows}
    form = page.instrument
    with override("en"):
        words = [next(e.label for e in kind if e.key == "other") for kind in (form.occasions, form.languages)]
    assert words[0] != words[1]
    assert "annet språk" not in said["Anledning"].lower()
    assert "annet språk" in said["Besvart av"].lower()


def test_the_card_speaks_of_an_alerting_answer_as_past_once_it_is_put_right(world, client, monkeypatch):
    from django.urls import reverse

    from fotspor.instruments.tests.test_actions import draft
    from fotspor.instruments.tests.world import DAY
    from fotspor.kit import clock

    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    client.force_login(world.staff["nurse"], backend="allauth.account.auth_backends.AuthenticationBackend")
    first = draft(world, answers(4, item10=1))
    text = client.get(reverse("instruments:response", args=[first.key])).content.decode()
    assert "Spørsmål 10 har svar over 0." in text
    draft(world, answers(4), response=first, version=first.version)
    text = client.get(reverse("instruments:response", args=[first.key])).content.decode()
    assert "Spørsmål 10 hadde svar over 0" in text
    assert "Spørsmål 10 har svar over 0." not in text
