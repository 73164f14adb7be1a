"""The letter says what has been done, and nothing that has not."""

import pytest
from django.utils.translation import override

from fotspor.access import actions as access
from fotspor.access import queries as consents
from fotspor.access.models import Consent
from fotspor.instruments import actions, queries
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.test_actions import signed
from fotspor.instruments.tests.test_duties import answer
from fotspor.instruments.tests.world import AT, DAY, answers, make_person
from fotspor.people.models import Guardianship

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


@pytest.fixture
def young(world):
    """The mother is fifteen, and her own mother has parental responsibility for her."""
    world.mother.born_on = DAY.replace(year=DAY.year - 15)
    world.mother.save(update_fields=["born_on"])
    grandmother = make_person("Mormor")
    Guardianship.objects.create(
        child=world.mother, guardian=grandmother, kind="mother", custody="mother", from_on=world.mother.born_on,
        recorded_at=AT,
    )  # fmt: skip
    return grandmother


def test_a_mother_of_fifteen_says_herself_whether_the_gp_is_told(world, young):
    signed(world, answers(14))
    answer(world, "letter", "asked_yes_not_sent")
    given = Consent.objects.get(what="letter_to_gp")
    assert given.given_by == given.person == world.mother
    assert "Vi" in letter(world)
    (card,) = consents.consents_of(viewer=world.nurse, person_key=world.mother.key, at=AT).cards
    assert (str(card.state.word), card.waits_for) == ("Gjelder", [])


def test_and_whether_her_childs_page_says_anything(world, young):
    response = signed(world, answers(14))
    kept = {"response": response, "child_key": world.child.key, "summary": "talked", "by": world.nurse, "at": AT}
    actions.release_summary(**kept)
    assert len(queries.released_summary(viewer=world.nurse, person_id=world.child.pk, at=AT)) == 1


@pytest.mark.parametrize(("what", "hers"), [("letter_to_gp", True), ("form_summary", True), ("agreed_steps", False)])
def test_her_guardian_answers_for_other_things_and_not_for_her_forms(world, young, what, hers):
    page = consents.consents_of(viewer=world.nurse, person_key=world.mother.key, at=AT)
    assert set(page.giver_ids.values()) == {world.mother.pk, young.pk}
    for who, may in ((world.mother, hers), (young, not hers)):
        yes = {"person_id": world.mother.pk, "given_by_id": who.pk, "to_unit_id": world.unit.pk, "what": what}
        if may:
            assert access.give_consent(**yes, purpose="Avtalt", from_on=DAY, by=world.nurse, at=AT).given_by == who
        else:
            with pytest.raises(access.CannotConsent):
                access.give_consent(**yes, purpose="Avtalt", from_on=DAY, by=world.nurse, at=AT)
