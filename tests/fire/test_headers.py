"""Headers and addresses that somebody has written by hand: no other host is named, led to or believed."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from fotspor.access.models import AuditEvent
from tests.fire.town import PASSWORD

ELSEWHERE = [
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "javascript:alert(1)", "data:text/html,x", "http://testserver@evil.example/",
    "//evil.example/%2f..", "/\t/evil.example", "ht\ntps://evil.example", "https://testserver.evil.example/",
    "\u2028//evil.example", "%2f%2fevil.example", " //evil.example",
]  # fmt: skip
LINE_ENDS = [
    "x\r\nSet-Cookie: a=b",
    "x\nLocation: https://evil.example",
    "x\r\n\r\n<html>",
    "x\u560d\u560aSet-Cookie: a",
]


def stays_here(answer):
    """As a browser reads it: without tabs and line ends, and with «\\» as «/»."""
    where = re.sub(r"[\t\r\n]", "", answer.headers.get("Location", "/")).strip().replace("\\", "/")
    return urlsplit(urljoin("http://testserver/konto/inn/", where))[:2] == ("http", "testserver")


@pytest.mark.parametrize("onward", [*ELSEWHERE, *LINE_ENDS])
def test_nobody_is_led_away_from_here(town, onward):
    """At the door, the practice door, the choice of language and of post: from the address and from the form."""
    nurse, stranger = town.browser("nurse"), Client()
    who = town.staff["nurse"]
    answers = [
        stranger.post(f"{reverse('kit:language')}", {"language": "nn", "next": onward}),
        nurse.post(reverse("services:choose_post"), {"post": town.key("membership"), "next": onward}),
        stranger.post(reverse("services:demo_sign_in"), {"post": town.key("membership"), "next": onward}),
        Client().post("/konto/inn/", {"login": who.email, "password": PASSWORD, "next": onward}),
        Client().post("/konto/inn/", {"login": who.email, "password": PASSWORD}, query_params={"next": onward}),
        nurse.post(reverse("kit:language"), {"language": "nn"}, headers={"Referer": onward.replace("\n", "").strip()}),
        nurse.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": onward}),
    ]
    assert [answer.status_code for answer in answers] == [302] * len(answers)
    assert [answer.headers["Location"] for answer in answers if not stays_here(answer)] == []
    assert all(set(answer.cookies) <= COOKIES for answer in answers)


COOKIES = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "messages"}


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_a_page_never_carries_another_address_onward(town, onward):
    """The door keeps what it was given in a hidden field, and judges it when it is sent; nothing leads there."""
    words = Client().get(reverse("services:demo_sign_in"), {"next": onward}).content.decode()
    assert f'value="{onward}"' not in words
    for page in (words, Client().get("/konto/inn/", {"next": onward}).content.decode()):
        assert re.findall(r'(?:href|action|src)="[^"]*(?:evil|javascript:|data:text)', page) == []


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "evil.example:80", "127.0.0.1@evil", "é"])
def test_another_host_is_refused_and_not_repeated(host):
    answer = Client(raise_request_exception=False).get("/konto/inn/", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "Forwarded", "X-Original-URL"])
def test_what_a_proxy_is_said_to_have_said_is_not_believed(town, name):
    """A link made for a new colleague names the host that was asked for."""
    administrator = town.browser("administrator")
    asked = {"identity_checked_how": "Møtte henne og så passet hennes."}
    reset = reverse("services:staff_reset", args=[town.key("nurse")])
    made = administrator.post(reset, asked, headers={name: "host=evil.example"})
    assert made.status_code == 302
    page = administrator.get(made.url, headers={name: "evil.example"})
    assert page.status_code == 200
    assert "evil.example" not in page.content.decode()


def test_nobody_chooses_the_address_they_are_throttled_by(town):
    """Without a proxy of ours, what a client says of its own address changes nothing: the sixth try is stopped."""
    said = [
        Client().post(
            "/konto/inn/", {"login": town.staff["nurse"].email, "password": "feil, og langt nok"},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        )
        for number in range(6)
    ]  # fmt: skip
    assert {answer.status_code for answer in said} == {422}
    steps = [event.facts["step"] for event in AuditEvent.objects.filter(type="services.session.refused").order_by("pk")]
    assert steps[-6:] == ["password"] * 5 + ["throttled"]


@pytest.mark.parametrize("words", LINE_ENDS)
def test_line_ends_never_reach_a_header(town, words):
    """What is typed and then led on by: a search, a name in a message, a language."""
    nurse = town.browser("nurse")
    answers = [
        nurse.post(reverse("desk:search"), {"q": words}),
        nurse.post(reverse("kit:language"), {"language": words}),
        nurse.get("/", headers={"Accept-Language": words.encode().decode("latin-1")}),
        nurse.get("/barn/", {"vis": words, "page": words}),
    ]
    for answer in answers:
        assert all("\n" not in value and "\r" not in value for value in answer.headers.values())
        assert "a" not in answer.cookies


def test_every_answer_says_what_a_browser_may_do(town):
    """Pages, refusals, files and what is not there, signed in and out."""
    nurse, outside = town.browser("nurse"), Client()
    answers = {
        "page": nurse.get("/"),
        "refused": nurse.post(reverse("desk:search"), {"q": ""}),
        "not there": nurse.get("/finnes-ikke/"),
        "the door": outside.get("/konto/inn/"),
        "led to the door": outside.get("/"),
        "file": town.browser("officer").get(town.url("access:who_has_looked_file", ("person_key",))),
    }
    for name, answer in answers.items():
        policy = answer.headers["Content-Security-Policy"]
        assert "object-src 'none'" in policy, name
        assert "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["X-Frame-Options"] == "DENY", name
        assert answer.headers["Cache-Control"] == "no-store, private", name
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "Access-Control-Allow-Origin" not in answer.headers, name
        assert not {"Server", "X-Powered-By"} & set(answer.headers), name


@pytest.mark.parametrize("where", ["path", "query", "field", "name of a field", "cookie", "token"])
def test_a_nought_is_not_understood_wherever_it_stands(town, where):
    """PostgreSQL has no such letter: refused before anything is asked of it, in words, and nothing is stored."""
    nurse, url = town.browser("nurse"), reverse("desk:search")
    if where == "path":
        answer = nurse.get("/barn/a%00b/")
    elif where == "query":
        answer = nurse.get("/barn/?vis=a%00b")
    elif where == "cookie":
        answer = Client(headers={"Cookie": 'sessionid="a\\000b"'}).get("/konto/inn/")
    elif where == "token":
        answer = nurse.post(url, {"q": "Lyng", "_once": "a\x00b"})
    else:
        answer = nurse.post(url, {"q": "Ly\x00ng"} if where == "field" else {"q\x00": "1"})
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PATCH", "DELETE", "PUT", "PROPFIND"])
def test_a_method_that_no_form_sends_changes_nothing(town, method):
    """The browser's own token is asked for here too, or the method is not taken."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies["sessionid"] = town.browser("nurse").cookies["sessionid"].value
    answer = browser.generic(method, town.url("worklist:task_finish", ("key",)), "x=1")
    assert answer.status_code in (403, 404, 405)


@pytest.mark.parametrize(
    "path", ["/static/../fotspor/config/settings.py", "/static/%2e%2e/%2e%2e/manage.py", "/static//etc/passwd",
             "/.git/config", "/static/..%5c..%5cmanage.py", "/var/keys", "/manage.py", "/static/", "/..;/manage.py"],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_served(town, path):
    answer = Client(raise_request_exception=False).get(path)
    assert answer.status_code in (302, 301, 404)
    assert b"SECRET_KEY" not in answer.content
    assert b"execute_from_command_line" not in answer.content
