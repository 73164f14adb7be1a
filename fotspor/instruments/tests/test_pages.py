"""What the pages say and leave out: the print, the hour, what is begun, what was recorded wrongly, the letter."""

import pytest
from django.urls import reverse

from fotspor.instruments.models import Duty, Response
from fotspor.instruments.tests.test_actions import draft, events, open_steps, signed
from fotspor.instruments.tests.test_duties import HELD, TRIED, answer, leader_tasks
from fotspor.instruments.tests.world import AT, CALM, DAY, answers, word_for
from fotspor.kit import clock
from fotspor.people.models import Guardianship, Journey

pytestmark = pytest.mark.django_db
TODAY = "2026-11-24"
AFTER_CLOSING = AT.replace(hour=14, minute=48)  # 15.48 in Oslo


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: DAY)


def sign_in(client, staff):
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def nurse(client, world):
    return sign_in(client, world.staff["nurse"])


def url(name, *keys):
    return reverse(f"instruments:{name}", args=keys)


def text(reply):
    return reply.content.decode()


def body(reply):
    return text(reply).split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("is_signed", [True, False])
def test_nothing_with_answers_is_printed_by_the_browser(nurse, world, is_signed):
    response = (signed if is_signed else draft)(world, answers(14, item10=2))
    page = body(nurse.get(url("response", response.key)))
    assert 'data-paper="closed"' in page
    assert "Bruk «Skriv ut til samtalen»" in page.split('class="fs-unprinted"')[1]
    paper = body(nurse.post(url("response_print", response.key), follow=True))
    assert 'data-paper="logged"' in paper


def test_the_head_says_whom_who_answered_who_wrote_it_in_and_when(nurse, world):
    response = draft(world, CALM, journey=world.journey)
    page = body(nurse.get(url("response", response.key)))
    assert f"{world.mother.name}, mor til {world.child.name}" in page
    assert f"{world.mother.name} selv, på papir (bokmål)" in page
    assert "Klok Fjell" in page
    assert "Konsultasjon ved 6 uker, besvart 24. november 2026" in page
    assert "Utkast, lagret 09.50" in page


def test_the_lines_of_some_outcomes_only_are_marked_with_what_asks_for_them(nurse, world):
    response = draft(world, {"epds10": 1})
    page = body(nurse.get(url("response", response.key)))
    assert 'data-asked="tried"' in page
    assert 'value="not_reached" id="id_outcome_4" data-asks="outcome_on tried handed_to"' in page
    assert 'value="no_danger" id="id_outcome_0" data-asks="outcome_on"' in page
    assert 'data-color="danger" type="submit"' not in page


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (AT, "Før kl. 15.30; da går den til leder."),
        (AFTER_CLOSING, "Fristen var kl. 15.30. Leder har fått beskjed."),
    ],
)
def test_after_closing_time_the_pages_no_longer_speak_of_the_future(nurse, world, monkeypatch, at, said):
    response = draft(world, {"epds10": 1})
    monkeypatch.setattr(clock, "now", lambda: at)
    for address in (url("response", response.key), url("duty", Duty.objects.get().key)):
        page = body(nurse.get(address))
        assert said in page
        assert ("da går den" in page) == (at == AT)


@pytest.mark.parametrize("step", ["not_reached", "declines"])
def test_a_page_does_not_say_that_the_leader_will_be_told_who_is_told_already(nurse, world, step):
    draft(world, {"epds10": 1})
    answer(world, "safety", step, **(TRIED if step == "not_reached" else HELD))
    page = body(nurse.get(url("duty", Duty.objects.get().key)))
    assert "Fristen er kl. 15.30. Leder har fått beskjed." in page
    assert "da går den" not in page


def test_the_leader_is_told_the_agreed_route_and_no_window(client, world):
    draft(world, {"epds10": 1})
    answer(world, "safety", "not_reached", **TRIED)
    page = body(sign_in(client, world.staff["leader"]).get(reverse("worklist:task", args=[leader_tasks().get().key])))
    assert "Legevakta 116 117" in page
    assert "I vinduet" not in page
    assert "Svar på resultat" in page


def test_a_wrong_outcome_is_taken_back_and_stays_readable(nurse, world):
    signed(world, answers(3, item10=1))
    duty = Duty.objects.get(step="safety")
    assert url("duty_take_back", duty.key) not in text(nurse.get(url("duty", duty.key)))
    answer(world, "safety", "acute_113", **HELD)
    assert url("duty_take_back", duty.key) in text(nurse.get(url("duty", duty.key)))
    refused = nurse.post(url("duty_take_back", duty.key), {"recorded": "1", "reason": ""})
    assert refused.status_code == 422
    assert "#wrong_reason" in text(refused)
    reply = nurse.post(url("duty_take_back", duty.key), {"recorded": "1", "reason": "Ført på feil person"})
    page = body(nurse.get(reply.headers["Location"]))
    for words in ("Akutt fare, 113 er ringt", HELD["note"], "Tatt tilbake av Klok Fjell", "Ført på feil person"):
        assert words in page
    assert 'name="outcome"' in page
    assert nurse.post(url("duty_take_back", duty.key), {"recorded": "x", "reason": "Feil igjen"}).status_code == 422


def test_follow_up_is_started_on_the_signed_form_by_one_button(nurse, world):
    response = signed(world, answers(2))
    assert "Start oppfølging likevel" in body(nurse.get(url("response", response.key)))
    assert nurse.post(url("response_start", response.key)).status_code == 302
    page = body(nurse.get(url("response", response.key)))
    assert "Start oppfølging likevel" not in page
    assert "Oppfølging startet av Klok Fjell" in page
    assert open_steps(response) == ["letter", "support", "talk"]
    over = signed(world, answers(14))
    assert "Start oppfølging likevel" not in body(nurse.get(url("response", over.key)))
    gone = nurse.post(url("response_start", draft(world, CALM).key), follow=True)
    assert "Skjemaet er signert" in text(gone) or "låst" in text(gone)


def test_a_form_that_is_begun_is_shown_before_another_is(nurse, world):
    first = draft(world, {})
    address = url("response_new", world.child.key, "epds")
    page = body(nurse.get(address))
    assert url("response", first.key) in page
    mother = word_for(world.mother, world.child)
    filled = {"answerer": mother, "answered_on": TODAY, "language": "nb", "occasion": "six_weeks"}
    refused = nurse.post(address, filled)
    assert refused.status_code == 422
    assert "#id_another" in text(refused)
    assert Response.objects.count() == 1
    assert nurse.post(address, {**filled, "another": "on"}).status_code == 302


def test_a_contacts_page_lists_the_forms_begun_at_it_and_the_look_is_logged(nurse, world, contact):
    response = draft(world, {}, contact=contact)
    page = body(nurse.get(reverse("pathways:contact", args=[contact.key])))
    assert url("response", response.key) in page
    assert events("instruments.answerers.listed").get().people == [world.mother.key]


def test_a_day_that_cannot_be_is_refused_where_it_is_written(nurse, world):
    address = url("response_new", world.child.key, "epds")
    filled = {"answerer": word_for(world.mother, world.child), "language": "nb", "occasion": "six_weeks"}
    for day, where in (("1950-05-05", "#id_answered_on"), ("2026-11-01", "#id_late_reason")):
        refused = nurse.post(address, {**filled, "answered_on": day})
        assert (refused.status_code, where in text(refused)) == (422, True)
    assert not Response.objects.exists()
    assert nurse.post(address, {**filled, "answered_on": "2026-11-01", "late_reason": "Lå i posten"}).status_code == 302


def test_a_conversation_is_agreed_on_the_page(nurse, world):
    response = signed(world, answers(12))
    duty = Duty.objects.get(step="support")
    assert 'data-asked="next_on"' in body(nurse.get(url("duty", duty.key)))
    filled = {"outcome": "agreed", "outcome_on": TODAY, "next_on": "2026-12-03", "next_time": "13:00"}
    assert nurse.post(url("duty", duty.key), {**filled, "next_on": ""}).status_code == 422
    assert nurse.post(url("duty", duty.key), filled).status_code == 302
    assert "avtalt 3. des" in body(nurse.get(url("response", response.key)))
    page = body(nurse.get(url("duty", duty.key)))
    assert "Avtalt: 3. desember 2026" in page
    assert "13.00" in page


def test_the_letter_is_read_after_a_yes_and_its_print_is_logged(nurse, world):
    signed(world, answers(14))
    duty = Duty.objects.get(step="letter")
    assert nurse.get(url("letter", duty.key)).status_code == 404
    assert nurse.post(url("letter_print", duty.key)).status_code == 404
    nurse.post(url("duty", duty.key), {"outcome": "asked_yes_not_sent", "outcome_on": TODAY})
    assert url("letter", duty.key) in body(nurse.get(url("duty", duty.key)))
    read = body(nurse.get(url("letter", duty.key)))
    assert world.mother.name in read
    assert "data-print>" not in read
    assert "data-print>" not in body(nurse.get(url("letter", duty.key) + "?skriv-ut=1"))
    assert not events("instruments.duty.letter_printed").exists()
    reply = nurse.post(url("letter_print", duty.key))
    assert events("instruments.duty.letter_printed").count() == 1
    assert "data-print>" in body(nurse.get(reply.headers["Location"]))


def test_the_folder_that_was_handed_out_stands_with_the_conversation(nurse, world):
    signed(world, CALM)
    duty = Duty.objects.get(step="talk")
    filled = {"outcome": "talked", "outcome_on": TODAY, "folder": "mental_health 2026", "folder_language": ""}
    assert nurse.post(url("duty", duty.key), filled).status_code == 422
    assert nurse.post(url("duty", duty.key), {**filled, "folder_language": "nn"}).status_code == 302
    page = body(nurse.get(url("duty", duty.key)))
    assert "Om psykisk helse i svangerskapet og etter fødselen, 2026" in page
    assert "Nynorsk" in page


def test_the_childs_page_is_offered_only_to_those_who_may_open_it(nurse, world):
    response = signed(world, CALM, journey=world.journey)
    link = url("summary_release", response.key, world.child.key)
    assert link in text(nurse.get(url("response", response.key)))
    Guardianship.objects.filter(guardian=world.mother).update(until_on=DAY)
    Journey.objects.filter(pk=world.journey.pk).update(is_sealed=True)
    page = text(nurse.get(url("response", response.key)))
    assert world.child.key not in page
    assert world.child.given_name not in page
    assert nurse.get(link).status_code == 404


def test_a_duty_is_reached_from_my_day(nurse, world):
    signed(world, answers(12))
    page = body(nurse.get(url("duty", Duty.objects.get(step="support").key)))
    crumbs = page.split("ds-breadcrumbs")[1].split("</nav>")[0]
    assert crumbs.index(reverse("desk:day")) < crumbs.index(url("responses", world.mother.key))


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_definition_speaks_the_readers_language_and_says_how_sure_each_limit_is(client, world, language):
    sign_in(client, world.staff["leader"])
    client.cookies["django_language"] = language
    page = body(client.get(url("definition", "instrument", "epds")))
    for words in ("Spørsmål 10 på 1 eller", "310 kvinner", "(sett i e"):
        assert words in page
    for words in ("epds10", "Norwegian", "Common practice"):
        assert words not in page
    routine = body(client.get(url("definition", "routine", "epds")))
    for words in ("default", "municipal", "Directorate"):
        assert words not in routine
    assert "utgangspunkt" in routine


@pytest.mark.parametrize("name", ["response_withdraw", "response", "response_correct"])
def test_each_page_has_a_help_text(nurse, world, name):
    assert "fs-help" in body(nurse.get(url(name, signed(world, CALM).key)))


def test_an_outcome_with_its_own_line_missing_keeps_what_was_chosen(nurse, world):
    draft(world, {"epds10": 1})
    duty = Duty.objects.get()
    filled = {"outcome": "not_reached", "outcome_on": TODAY, **TRIED, "tried": ""}
    refused = nurse.post(url("duty", duty.key), filled)
    assert refused.status_code == 422
    assert 'value="not_reached" id="id_outcome_4" data-asks="outcome_on tried handed_to" checked' in text(refused)


def test_a_page_with_outcomes_asks_a_bounded_number_of_questions(nurse, world, django_assert_max_num_queries):
    signed(world, answers(14, item10=1))
    answer(world, "safety", "not_reached", **TRIED)
    key = Duty.objects.get(step="safety").key
    nurse.get(url("duty", key))
    with django_assert_max_num_queries(30):
        nurse.get(url("duty", key))
