"""What production answers: headers, cookies and the way to TLS, asked in an installation of its own."""

import json
from datetime import timedelta

import pytest

from tests.architecture.tree import PACKAGE
from tests.config.installation import installation

pytestmark = pytest.mark.slow
HOST = "fotspor.municipality.example"
ASK = """
import json
from django.core.management import call_command
from django.test import Client
from fotspor.access.rules import SYSTEM
from fotspor.kit import clock
from fotspor.services import actions, rules

call_command("createcachetable", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
who = rules.Newcomer(email="a@fotspor.example", given_name="Klok", family_name="Fjell", title="", identity_number="")
staff = actions.register_staff(who=who, by=SYSTEM, at=clock.now())
_sent, token = actions.invite_again(staff=staff, by=SYSTEM, at=clock.now())
actions.accept_invitation(token=token, password="en lang setning om fjorden", at=clock.now())

def told(answer):
    return {
        "status": answer.status_code,
        "headers": dict(answer.headers),
        "cookies": {name: {key: each[key] for key in ("secure", "httponly", "samesite", "path", "domain")}
                    for name, each in answer.cookies.items()},
        "text": answer.content.decode()[:2000],
    }

plain, safe = Client(), Client()
tls = {"HTTP_HOST": "THERE", "HTTP_X_FORWARDED_PROTO": "https"}
off = {"HTTP_HOST": "THERE"}
door = {"login": "a@fotspor.example", "password": "en lang setning om fjorden"}
safe.get("/sprak/", **tls)
left_open = Client()  # somebody signed in some time ago
staff.refresh_from_db()
left_open.force_login(staff)
session = left_open.session
session["second_factor"] = True
session.save()
print(json.dumps({
    "page in the clear": told(plain.get("/konto/inn/", **off)),
    "form in the clear": told(plain.post("/konto/inn/", door, **off)),
    "said by the client": told(plain.get("/konto/inn/", **off, HTTP_X_FORWARDED_SSL="on", HTTP_FRONT_END_HTTPS="on")),
    "health in the clear": told(plain.get("/healthz", **off)),
    "health": told(safe.get("/healthz", **tls)),
    "page": told(safe.get("/konto/inn/", **tls)),
    "not there": told(safe.get("/finnes-ikke/", **tls)),
    "language": told(safe.post("/sprak/", {"language": "nn"}, **tls)),
    "signed in": told(safe.post("/konto/inn/", door, **tls)),
    "own sessions": told(left_open.get("/innlogget/", **tls)),
    "ends them": told(left_open.post("/innlogget/avslutt/", {"which": "others"}, **tls)),
    "receipt": told(safe.post("/konto/ut/", **tls)),
}))
""".replace("THERE", HOST)


@pytest.fixture(scope="module")
def answers(tmp_path_factory, migrated, django_db_blocker):
    with django_db_blocker.unblock(), installation(tmp_path_factory.mktemp("home"), like=migrated) as own:
        own.extra |= {
            "FOTSPOR_MODE": "production",
            "FOTSPOR_HOSTS": HOST,
            "FOTSPOR_BEHIND_PROXY": "1",
            "DATABASE_URL": own.database_url or f"sqlite:///{own.home / 'fotspor.sqlite3'}",
        }
        yield json.loads(own.python(ASK).splitlines()[-1])


def test_pages_are_led_to_tls_and_served_nothing_without_it(answers):
    for name in ("page in the clear", "said by the client"):
        assert answers[name]["status"] == 301
        assert answers[name]["headers"]["Location"] == f"https://{HOST}/konto/inn/"
        assert answers[name]["text"] == ""
        assert answers[name]["cookies"] == {}
    assert answers["form in the clear"]["status"] == 301
    assert answers["form in the clear"]["cookies"] == {}, "nobody is signed in without TLS"


def test_a_machine_is_answered_and_never_led_on(answers):
    for name in ("health", "health in the clear"):
        assert answers[name]["status"] == 200
        assert json.loads(answers[name]["text"]) == {"status": "ok"}
        assert answers[name]["cookies"] == {}


@pytest.mark.parametrize("name", ["page", "not there", "signed in", "health"])
def test_tls_is_asked_for_a_year_ahead(answers, name):
    said = answers[name]["headers"]["Strict-Transport-Security"]
    year = int(timedelta(days=365).total_seconds())
    assert said == f"max-age={year}; includeSubDomains; preload"


@pytest.mark.parametrize("name", ["page", "not there", "signed in"])
def test_others_are_not_told_where_one_came_from(answers, name):
    assert answers[name]["headers"]["Referrer-Policy"] == "same-origin"


def test_each_cookie_belongs_to_this_host_and_to_tls_alone(answers):
    """The browser itself refuses a cookie of that name that is not so: no neighbour can plant one."""
    met = {}
    for answer in answers.values():
        met |= answer["cookies"]
    assert set(met) == {f"__Host-{name}" for name in ("sessionid", "csrftoken", "django_language", "messages")}
    for name, cookie in met.items():
        assert cookie == {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}, name


def test_whoever_ends_the_others_is_asked_again_who_it_is(answers):
    """At a screen that was left open one sees where one is signed in, and ends nothing."""
    assert answers["own sessions"]["status"] == 200
    assert answers["ends them"]["status"] == 302
    assert answers["ends them"]["headers"]["Location"].startswith("/konto/bekreft/")


def test_the_names_stand_in_no_template_or_script_of_ours():
    """A script that looked for a cookie by its old name would find none."""
    files = [*PACKAGE.rglob("*.html"), *(each for each in PACKAGE.rglob("*.js") if "built" not in each.parts)]
    assert [each.name for each in files if "csrftoken" in (text := each.read_text()) or "sessionid" in text] == []
