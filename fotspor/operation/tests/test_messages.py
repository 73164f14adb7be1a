"""Colleagues tell the administrator something, and are answered; and what is new is read once."""

import pytest
from django.urls import reverse

from fotspor import __version__
from fotspor.access.models import AuditEvent
from fotspor.access.rules import SYSTEM
from fotspor.operation import actions, labels, queries
from fotspor.operation.models import Message, NewsRead
from fotspor.operation.rules import may_name_somebody
from fotspor.services.tests.builders import AT, viewer_of
from fotspor.worklist.actions import NotAllowed
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
TEXT = "Knappen på kalenderen virket ikke i dag."


def say(browser, text=TEXT, page="desk:day", token="once"):
    return browser.post(reverse("operation:say"), {"text": text, "page": page, "_once": token})


@pytest.fixture
def told(town):
    return actions.tell(text=TEXT, page="desk:day", by=viewer_of(town["nurse"]), at=AT)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Gjelder 01810112345", True),
        ("nr. 018101 12345.", True),
        ("018101-12345", True),
        ("Ring 22 33 44 55", False),
        ("Versjon 0.3.0 den 22.11.2026 kl. 10.15", False),
        ("1234567890123", False),  # longer than any identity number
        ("", False),
    ],
)
def test_what_looks_like_an_identity_number(text, refused):
    assert may_name_somebody(text) is refused


def test_what_is_told_is_kept_sealed_and_is_a_task_until_it_is_answered(enter, town):
    assert say(enter("nurse")).status_code == 302
    message = Message.objects.get()
    assert (message.text, message.page, message.written_by) == (TEXT, "desk:day", town["nurse"])
    task = Task.objects.open().get(ref=f"said:{message.key}")
    assert task.unit == town["office"]
    text = enter("administrator").get(reverse("operation:status")).content.decode()
    assert reverse("operation:message", args=[message.key]) in text
    assert TEXT not in str(AuditEvent.objects.get(type="operation.said").facts)


def test_an_identity_number_is_refused_with_what_was_typed_and_nothing_is_stored(enter):
    answer = say(enter("nurse"), text="Feil hos 01810112345")
    assert answer.status_code == 422
    assert "ligner et fødselsnummer" in answer.content.decode()
    assert "Feil hos 01810112345" in answer.content.decode()
    assert not Message.objects.exists()
    assert not Task.objects.exists()


def test_an_action_refuses_the_number_too(town):
    with pytest.raises(actions.NamesSomebody):
        actions.tell(text="01810112345", page="", by=viewer_of(town["nurse"]), at=AT)
    assert not Message.objects.exists()


def test_sent_twice_is_told_once(enter):
    browser = enter("nurse")
    for _time in (1, 2):
        say(browser)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("page", ["https://evil.example/", "/barn/abc/", "<script>", "desk:child/abc"])
def test_where_it_was_written_is_the_name_of_an_address_or_nothing(enter, page):
    say(enter("nurse"), page=page)
    assert Message.objects.get().page == ""


@pytest.mark.parametrize(
    ("referer", "name"),
    [
        ("http://testserver/drift/nytt/?a=1", "operation:news"),
        ("http://testserver/finnes-ikke/", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_the_page_she_came_from_is_known_by_its_name(enter, referer, name):
    page = enter("nurse").get(reverse("operation:say"), headers={"Referer": referer})
    assert page.context["form"].initial["page"] == name


def test_the_answer_reaches_the_writer_and_ends_the_task(enter, told):
    answer = enter("administrator").post(
        reverse("operation:message", args=[told.key]), {"answer": "Rettet.", "_once": "a"}
    )
    assert answer.url == reverse("operation:status")
    assert not Task.objects.open().exists()
    text = enter("nurse").get(reverse("operation:say")).content.decode()
    assert "Rettet." in text
    assert "Ryddig Stein svarte" in text


def test_a_second_answer_is_refused_and_the_first_stands(town, told):
    by = viewer_of(town["administrator"])
    actions.answer(key=told.key, text="Først.", by=by, at=AT)
    with pytest.raises(actions.AlreadyAnswered):
        actions.answer(key=told.key, text="Sist.", by=by, at=AT)
    assert Message.objects.get().answer == "Først."


def test_an_answer_with_a_number_is_refused(enter, told):
    page = reverse("operation:message", args=[told.key])
    assert enter("administrator").post(page, {"answer": "Gjelder 01810112345", "_once": "a"}).status_code == 422
    assert Message.objects.get().answered_at is None


def test_nobody_else_sees_or_answers_it(enter, town, told):
    assert enter("nurse").get(reverse("operation:message", args=[told.key])).status_code == 404
    assert TEXT not in enter("unit_leader").get(reverse("operation:say")).content.decode()
    assert queries.messages(viewer=viewer_of(town["unit_leader"])) == []
    with pytest.raises(NotAllowed):
        actions.answer(key=told.key, text="Nei", by=viewer_of(town["nurse"]), at=AT)
    assert enter("administrator").get(reverse("operation:message", args=["finnesikkeher000"])).status_code == 404


def test_the_watch_leaves_what_colleagues_told(town, told):
    actions.watch(by=SYSTEM, at=AT)
    assert Task.objects.open().filter(ref=f"said:{told.key}").exists()


# --- what is new -----------------------------------------------------------------------------------------


def test_this_version_says_what_is_new():
    assert labels.NEWS[__version__]


def test_new_stands_in_the_menu_until_it_is_read_and_is_noted_once(enter, town):
    browser = enter("nurse")
    mark = '<span class="fs-count" data-color="accent">ny</span>'
    page = reverse("operation:say")
    assert mark in browser.get(page).content.decode()
    for _time in (1, 2):
        assert str(labels.NEWS[__version__][0]) in browser.get(reverse("operation:news")).content.decode()
    assert mark not in browser.get(page).content.decode()
    assert NewsRead.objects.count() == 1
    assert AuditEvent.objects.filter(type="operation.news.read").count() == 1
    browser.session.flush()
    assert mark not in enter("nurse").get(page).content.decode(), "remembered from session to session"
    assert mark in enter("unit_leader").get(page).content.decode(), "each reads for herself"
