"""Each page: what it shows, who gets nothing, and that a refused form stores nothing and keeps what was typed."""

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.instruments import queries
from fotspor.instruments.models import Approval, Duty, ReleasedSummary, Response
from fotspor.instruments.tests.test_actions import draft, open_steps, signed
from fotspor.instruments.tests.test_duties import TRIED, mistyped
from fotspor.instruments.tests.world import AT, CALM, DAY, answers, word_for
from fotspor.kit import clock
from fotspor.kit.htmx import POLLS

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: DAY)


def url(name, *keys):
    return reverse(f"instruments:{name}", args=keys)


def posted(response, filled, **more):
    about = {"answered_on": "2026-11-24", "language": "nb", "occasion": "six_weeks", "version": response.version}
    return {**about, **{key: str(code) for key, code in filled.items()}, **more}


def text(reply):
    return reply.content.decode()


# --- filling in -------------------------------------------------------------------------------------------


def test_a_form_is_begun_from_the_childs_page_in_the_mothers_record(nurse, world):
    address = url("response_new", world.child.key, "epds")
    page = nurse.get(address)
    assert page.status_code == 200
    assert world.father.name in text(page)
    mother = word_for(world.mother, world.child)
    filled = {"answerer": mother, "answered_on": "2026-11-24", "language": "nb", "occasion": "six_weeks"}
    reply = nurse.post(address, filled)
    response = Response.objects.get()
    assert reply.headers["Location"] == url("response", response.key)
    assert (response.subject, response.journey, response.answers) == (world.mother, world.journey, {})


def test_a_start_that_says_too_little_is_refused(nurse, world):
    reply = nurse.post(url("response_new", world.child.key, "epds"), {"answered_on": "i går", "language": "nb"})
    assert reply.status_code == 422
    assert not Response.objects.exists()


def test_the_boxes_stand_as_on_the_paper_with_the_scored_points(nurse, world):
    response = draft(world, {"epds03": 2})
    page = text(nurse.get(url("response", response.key)))
    places = [page.index(f'name="epds03" value="{points}"') for points in (3, 2, 1, 0)]
    assert places == sorted(places)
    rising = [page.index(f'name="epds01" value="{points}"') for points in (0, 1, 2, 3)]
    assert rising == sorted(rising)
    assert 'name="epds03" value="2" checked' in page
    assert page.count("<h1") == 1
    assert "style=" not in page


def test_each_ticked_box_is_stored_as_the_points_it_shows(nurse, world):
    response = draft(world, {})
    ticked = {f"epds{n:02}": n % 4 for n in range(1, 11)}
    reply = nurse.post(url("response_draft", response.key), posted(response, ticked))
    assert reply.status_code == 302
    assert Response.objects.get().answers == ticked


def test_autosave_answers_with_the_result_and_the_new_version(nurse, world):
    response = draft(world, {})
    reply = nurse.post(url("response_draft", response.key), posted(response, answers(14)), headers=HTMX)
    page = text(reply)
    assert reply.status_code == 200
    assert "<html" not in page
    assert 'name="version" value="2"' in page
    assert "14" in page
    assert "Over øvre grense" in page
    assert "hx-swap-oob" in page


def test_an_incomplete_form_says_what_is_decided(nurse, world):
    response = draft(world, answers(11, missing=("epds09",)))
    page = text(nurse.get(url("response", response.key)))
    assert "9 av 10 besvart" in page
    assert "Summen blir minst 11, høyst 14. Den når 10 uansett" in page or "Om den når 13, er ikke avgjort" in page


def test_item_ten_shows_the_safety_form_from_the_draft_and_signing_is_open(nurse, world):
    response = draft(world, {})
    page = text(nurse.post(url("response_draft", response.key), posted(response, {"epds10": 1}), headers=HTMX))
    duty = Duty.objects.get()
    assert url("duty", duty.key) in page
    assert "Legevakt 116 117" in page
    whole = text(nurse.get(url("response", response.key)))
    assert url("response_sign", response.key) in whole
    assert "aria-disabled" not in whole


def test_signing_saves_what_stands_on_the_page_and_begins_the_routine(nurse, world):
    response = draft(world, {})
    reply = nurse.post(url("response_sign", response.key), posted(response, answers(12), starts_routine=""))
    assert reply.status_code == 302
    stored = Response.objects.get()
    assert (stored.is_signed, stored.total) == (True, 12)
    assert open_steps(stored) == ["letter", "support", "talk"]
    page = text(nurse.get(url("response", response.key)))
    assert "Rett skjemaet" in page
    assert "innen 8. des" in page


def test_what_is_refused_is_shown_with_the_answers_kept(nurse, world):
    response = draft(world, {})
    empty = nurse.post(url("response_sign", response.key), posted(response, {}))
    assert empty.status_code == 422
    late = nurse.post(url("response_draft", response.key), posted(response, {"epds03": 2}, answered_on="2026-12-24"))
    assert late.status_code == 422
    assert 'name="epds03" value="2" checked' in text(late)
    assert Response.objects.get().answers == {}


def test_two_who_write_at_once_do_not_overwrite_each_other(nurse, world):
    response = draft(world, {})
    nurse.post(url("response_draft", response.key), posted(response, answers(3)))
    stale = nurse.post(url("response_draft", response.key), posted(response, answers(9)))
    assert stale.status_code == 422
    assert "Noen andre lagret mens du skrev" in text(stale)
    assert f"Lagret av {world.staff['nurse'].name}" in text(stale)
    assert text(stale).count('id="meanwhile"') == 1
    assert nurse.get(url("response", response.key)).status_code == 200
    assert 'name="seen" value="2"' in text(stale)
    assert Response.objects.get().total == 3


def test_a_draft_that_saves_itself_is_told_beside_the_result(nurse, world):
    response = draft(world, {})
    nurse.post(url("response_draft", response.key), posted(response, answers(3)))
    stale = nurse.post(url("response_draft", response.key), posted(response, answers(9)), headers=HTMX)
    assert stale.status_code == 422
    assert "<h1" not in text(stale)
    assert "Noen andre lagret mens du skrev" in text(stale)
    assert text(stale).count('id="meanwhile"') == 1


def test_an_open_draft_names_the_colleague_who_has_it_open_until_it_is_signed(sign_in, world):
    response = draft(world, CALM)
    line = f"{world.staff['colleague'].name} har også dette skjemaet åpent"
    sign_in("colleague").get(url("response", response.key))
    assert line in text(sign_in("nurse").get(url("response", response.key)))
    asked = sign_in("nurse").get(url("response", response.key), headers=HTMX | {POLLS: "1"})
    assert line in text(asked)
    assert "fs-score" not in text(asked)
    sign_in("colleague").post(url("response_sign", response.key), posted(response, CALM))
    assert line not in text(sign_in("nurse").get(url("response", response.key)))


def test_a_signed_form_is_read_and_not_open(sign_in, world):
    response = signed(world, answers(3))
    sign_in("colleague").get(url("response", response.key))
    assert "skjemaet åpent" not in text(sign_in("nurse").get(url("response", response.key)))


def test_a_correction_keeps_the_old_form_readable(nurse, world):
    first = signed(world, answers(12))
    address = url("response_correct", first.key)
    facts = {"answered_on": "2026-11-24", "informant_kind": "mother", "language": "nb", "occasion": "six_weeks"}
    filled = facts | {key: str(code) for key, code in answers(4).items()}
    assert nurse.get(address).status_code == 200
    assert nurse.post(address, filled).status_code == 422
    reply = nurse.post(address, {**filled, "language": "other", "reason": "Feil rute i 4"})
    second = Response.objects.get(corrects=first)
    assert second.language == "other"
    assert reply.headers["Location"] == url("response", second.key)
    assert url("response", second.key) in text(nurse.get(url("response", first.key)))
    assert "Feil rute i 4" in text(nurse.get(url("response", second.key)))


def test_a_form_is_withdrawn_with_a_reason(nurse, world):
    response = signed(world, answers(4))
    address = url("response_withdraw", response.key)
    assert nurse.get(address).status_code == 200
    assert nurse.post(address, {"version": response.version, "reason": ""}).status_code == 422
    assert nurse.post(address, {"version": 99, "reason": "Feil person"}).status_code == 422
    assert nurse.post(address, {"version": response.version, "reason": "Feil person"}).status_code == 302
    assert "Feil person" in text(nurse.get(url("response", response.key)))


def test_the_sheet_has_no_answer_to_item_ten_and_its_print_is_logged(nurse, world):
    response = signed(world, answers(14, item10=2))
    direct = nurse.get(url("response_sheet", response.key))
    assert direct.headers["Location"] == url("response", response.key), "nothing prints that the log does not know of"
    reply = nurse.post(url("response_print", response.key))
    assert reply.headers["Location"] == url("response_sheet", response.key)
    assert AuditEvent.objects.filter(type="instruments.response.printed").count() == 1
    page = text(nurse.get(reply.headers["Location"]))
    for word in ("selvskading", "Trygghetssamtale", "Spørsmål 10", world.mother.given_name):
        assert word not in page.split("<main")[1]
    assert "14" in page
    assert "Støttesamtale" in page


def test_a_persons_forms_are_listed(nurse, world):
    response = signed(world, answers(4))
    page = text(nurse.get(url("responses", world.mother.key)))
    assert url("response", response.key) in page
    assert url("response_new", world.mother.key, "epds") in page


# --- duties -----------------------------------------------------------------------------------------------


def test_an_outcome_is_recorded_and_leads_back_to_the_form(nurse, world):
    response = signed(world, answers(3, item10=1))
    duty = Duty.objects.get(step="safety")
    page = text(nurse.get(url("duty", duty.key)))
    assert "113 er ringt" in page
    assert "15.30" in page
    reply = nurse.post(url("duty", duty.key), {"outcome": "no_danger", "note": "Vi ringer", "outcome_on": "2026-11-24"})
    assert reply.headers["Location"] == url("response", response.key)
    done = text(nurse.get(url("duty", duty.key)))
    assert "Vi ringer" in done
    assert 'name="outcome"' not in done


def test_an_outcome_without_its_line_is_refused_at_the_line(nurse, world):
    draft(world, {"epds10": 1})
    duty = Duty.objects.get()
    reply = nurse.post(
        url("duty", duty.key), {"outcome": "not_reached", "outcome_on": "2026-11-24", **TRIED, "tried": ""}
    )
    assert reply.status_code == 422
    assert "#id_tried" in text(reply)
    assert not duty.outcomes.exists()


def test_a_task_key_leads_to_duty_or_form(nurse, world):
    response = draft(world, CALM)
    assert nurse.get(url("duty", response.key)).headers["Location"] == url("response", response.key)


def test_a_mistyped_alarm_is_withdrawn_and_seen_by_another(nurse, sign_in, world):
    response = mistyped(world)
    duty = Duty.objects.get()
    assert url("duty_withdraw", duty.key) in text(nurse.get(url("response", response.key)))
    assert nurse.post(url("duty_withdraw", duty.key), {"reason": ""}).status_code == 422
    nurse.post(url("duty_withdraw", duty.key), {"reason": "Feil rute"})
    assert url("duty_confirm", duty.key) not in text(nurse.get(url("duty", duty.key)))
    nurse.post(url("duty_confirm", duty.key))
    duty.refresh_from_db()
    assert duty.withdrawn_at
    assert duty.seen_at is None
    colleague = sign_in("colleague")
    assert "Feil rute" in text(colleague.get(url("duty", duty.key)))
    colleague.post(url("duty_confirm", duty.key))
    duty.refresh_from_db()
    assert duty.seen_by == world.staff["colleague"]


# --- the other pages --------------------------------------------------------------------------------------


def test_a_parent_releases_one_sentence_and_takes_it_back(nurse, world):
    response = signed(world, answers(14), journey=world.journey)
    address = url("summary_release", response.key, world.child.key)
    assert address in text(nurse.get(url("response", response.key)))
    page = text(nurse.get(address))
    assert world.unit.name in page
    assert "checked" not in page.split("<main")[1].split("</main>")[0]
    assert nurse.post(address, {"summary": "support"}).status_code == 422
    nurse.post(address, {"summary": "support", "has_said_yes": "on"})
    released = ReleasedSummary.objects.get()
    assert "Har støttesamtaler" in text(nurse.get(address))
    nurse.post(url("summary_withdraw", released.consent.key))
    assert queries.released_summary(viewer=world.nurse, person_id=world.child.pk, at=AT) == []


def test_a_leader_reads_figures_in_a_table_and_the_look_is_logged(sign_in, world):
    signed(world, answers(12))
    page = text(sign_in("leader").get(url("distribution", "epds")))
    assert 'class="fs-figure"' not in page  # one form: a sum would show who it is
    assert page.count("<table") == 1
    assert "Summene tegnes én for én fra 30" in page
    assert world.mother.name not in page
    assert AuditEvent.objects.filter(type="instruments.figures.seen").count() == 1


def test_a_director_reads_suppressed_figures(sign_in, world):
    signed(world, answers(12))
    page = text(sign_in("director").get(url("distribution", "epds")))
    assert "skjult" in page
    assert "&lt;5" not in page
    assert 'class="fs-figure"' not in page


def test_definitions_are_read_and_approved(sign_in, world):
    leader = sign_in("leader")
    assert "EPDS" in text(leader.get(url("definitions")))
    for kind in ("instrument", "routine"):
        address = url("definition", kind, "epds")
        assert leader.get(address).status_code == 200
        digest = queries.digest_of(kind, "epds")
        assert leader.post(address, {"digest": digest}).status_code == 422
        assert leader.post(address, {"digest": "0", "has_read": "on"}).status_code == 422
        assert leader.post(address, {"digest": digest, "has_read": "on"}).status_code == 302
    assert Approval.objects.filter(approved_by=world.staff["leader"]).count() == 2
    assert leader.get(url("definition", "instrument", "moon")).status_code == 404
    response = draft(world, CALM)
    assert "Leda Fjell" in text(sign_in("nurse").get(url("response", response.key)))


# --- strangers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["stranger", "leader", "admin", "kindergarten", "director"])
def test_strangers_find_nothing_at_any_address(sign_in, world, who):
    response = signed(world, answers(14, item10=1), journey=world.journey)
    duty = Duty.objects.get(step="safety")
    client = sign_in(who)
    read = [
        url("response", response.key), url("response_correct", response.key), url("response_withdraw", response.key),
        url("response_sheet", response.key), url("duty", duty.key), url("duty", response.key),
        url("responses", world.mother.key), url("response_new", world.mother.key, "epds"),
        url("summary_release", response.key, world.child.key),
    ]  # fmt: skip
    written = [
        url("response_draft", response.key), url("response_sign", response.key), url("response_print", response.key),
        url("duty", duty.key), url("duty_withdraw", duty.key), url("duty_confirm", duty.key),
        url("duty_take_back", duty.key), url("letter_print", duty.key), url("response_start", response.key),
    ]  # fmt: skip
    assert {client.get(address).status_code for address in read} == {404}
    assert {client.post(address, {}).status_code for address in written} == {404}
    assert not AuditEvent.objects.filter(type="access.record.read", staff=world.staff[who].key).exists()


@pytest.mark.parametrize("who", ["nurse", "kindergarten"])
def test_those_who_see_no_figures_and_approve_nothing_find_no_page(sign_in, who):
    client = sign_in(who)
    pages = [url("distribution", "epds"), url("definitions"), url("definition", "instrument", "epds")]
    assert {client.get(address).status_code for address in pages} == {404}


def test_every_look_is_logged_once_a_session(nurse, world):
    response = draft(world, CALM)
    for _ in range(2):
        nurse.get(url("response", response.key))
    looks = AuditEvent.objects.filter(type="access.record.read", person=world.mother.key)
    assert [look.purpose for look in looks] == ["care"]


def test_the_page_asks_the_database_a_bounded_number_of_questions(nurse, world, django_assert_max_num_queries):
    response = signed(world, answers(14, item10=1))
    nurse.get(url("response", response.key))
    with django_assert_max_num_queries(30):
        nurse.get(url("response", response.key))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_pages_speak_each_language(nurse, world, language):
    response = draft(world, answers(14, item10=1))
    nurse.cookies["django_language"] = language
    page = text(nurse.get(url("response", response.key)))
    word = {"nb": "Trygghetssamtale i dag", "nn": "Tryggleikssamtale i dag", "en": "Safety conversation today"}
    assert word[language] in page


def test_the_reference_page_holds_every_case_of_the_table(tmp_path):
    from django.core.management import call_command

    from fotspor.instruments.tests.spec import epds

    call_command("instrument_reference", to=str(tmp_path))
    page = (tmp_path / "instruments" / "epds.md").read_text()
    assert all(case.why in page for cases in epds.TABLES.values() for case in cases)
    assert "| 3 | Self-blame | 3 2 1 0 |" in page
