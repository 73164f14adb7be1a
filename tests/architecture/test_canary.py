"""A canary in the mine: a person with a name nobody else has, and no log, error report or trace that ever says it."""

import logging
import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import clear_url_caches, reverse, set_urlconf

from fotspor.access.models import AuditEvent
from fotspor.kit import faults
from fotspor.kit.encryption import blind_index
from fotspor.kit.models import Run, Submission
from fotspor.pathways.models import Contact
from fotspor.pathways.tests.register_world import FAMILY
from fotspor.pathways.tests.test_register_rules import as_csv, cells
from fotspor.pathways.tests.world import AT, TODAY, build
from fotspor.people import identifiers
from fotspor.people.models import Person
from fotspor.worklist.actions import type_task
from tests.architecture.tree import ROOT

NAME, STREET, WORDS = "Sitronkanari", "Kanarifuglveien", "zwitscherte om natten"
RECORD = set(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime"}


class Mine(logging.Handler):
    """Everything that any logger says, as any handler could write it down."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.heard = []

    def emit(self, record):
        own = {name: value for name, value in vars(record).items() if name in RECORD}
        self.heard.append(f"{self.format(record)} {own!r}")


@pytest.fixture
def mine():
    root, mine = logging.getLogger(), Mine()
    levels = {name: logging.getLogger(name).level for name in ("", "django", "django.db.backends", "django.template")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(mine)
    yield mine
    root.removeHandler(mine)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def world(db):
    with time_machine.travel(AT, tick=False):
        yield build()


@pytest.fixture
def canary(world):
    journey = world.child(family_name=NAME, street=f"{STREET} 7", given_name=NAME)
    person = journey.child
    number = next(identifiers.synthetic_numbers(person.born_on))
    Person.objects.filter(pk=person.pk).update(
        identity_number=number, identity_index=blind_index(number), identity_kind="synthetic"
    )
    person.refresh_from_db()
    type_task(kind="call", note=WORDS, person=person, due_on=TODAY, by=world.nurse, at=AT)
    person.journey = journey
    return person


@pytest.fixture
def browser(client, world, settings, canary):
    """The nurse's, in a house where some addresses fail, and where somebody gets mail about it."""
    settings.ROOT_URLCONF = "tests.architecture.canary_urls"
    settings.ADMINS = [("Drift", "drift@example.org")]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    clear_url_caches()
    set_urlconf(None)
    client.raise_request_exception = False
    client.force_login(world.staff["nurse"])
    yield client
    clear_url_caches()


def is_silent(text, person):
    said = [word for word in (NAME, STREET, WORDS, person.identity_number) if word.casefold() in text.casefold()]
    return said == [] or f"{said} in: {text[:2000]}"


def all_is_silent(mine, capfd, person):
    written = capfd.readouterr()
    letters = "\n".join(f"{letter.subject}\n{letter.body}\n{letter.alternatives}" for letter in mail.outbox)
    return is_silent("\n".join([*mine.heard, written.out, written.err, letters]), person)


def test_pages_that_work_say_nothing(browser, mine, capfd, canary, django_assert_max_num_queries):
    pages = [
        reverse("desk:day"),
        reverse("desk:people"),
        reverse("desk:child", args=[canary.journey.key]),
        reverse("people:person", args=[canary.key]),
        reverse("people:person_change", args=[canary.key]),
        reverse("pathways:contact", args=[Contact.objects.filter(journey=canary.journey)[0].key]),
        reverse("access:consents", args=[canary.key]),
    ]
    with django_assert_max_num_queries(5000):  # the statements are logged too, with their values
        for page in pages:
            assert browser.get(page).status_code == 200, page
        found = browser.get(reverse("desk:search"), {"q": NAME}, follow=True)
    assert NAME in found.content.decode()
    assert any("django.db.backends" in line for line in mine.heard)
    assert all_is_silent(mine, capfd, canary) is True


@pytest.mark.parametrize("how", ["value", "database", "statement", "template", "permission"])
def test_pages_that_fail_say_where_and_nothing_more(browser, mine, capfd, canary, how):
    answer = browser.get(f"/feil/{how}/", {"key": canary.key, "q": f"{NAME} {STREET}"})
    assert answer.status_code == 500
    heard = "\n".join(mine.heard)
    assert "/feil/<str:how>/" in heard
    assert "canary_urls.py" in heard
    (letter,) = mail.outbox
    assert "/feil/<str:how>/" in letter.subject
    assert all_is_silent(mine, capfd, canary) is True
    assert is_silent(answer.content.decode(), canary) is True


def test_refused_forms_and_addresses_that_are_not_there(browser, mine, capfd, canary):
    typed = {"given_name": NAME, "family_name": "", "note": WORDS, "number": canary.identity_number, "reason": WORDS}
    taking = browser.post(reverse("access:break_glass"), {**typed, "reason": WORDS[:8]})
    changed = browser.post(reverse("people:person_change", args=[canary.key]), {**typed, "version": "x", "sex": "x"})
    assert (taking.status_code, changed.status_code) == (422, 422)
    for address in (f"/personer/{NAME}/", f"/{STREET}/{canary.identity_number}?q={NAME}", f"/lop/{NAME}/kontakt/"):
        assert browser.get(address).status_code == 404
    browser.enforce_csrf = True
    assert any("(no such address)" in line for line in mine.heard)
    assert all_is_silent(mine, capfd, canary) is True


def test_a_forged_form_says_nothing(settings, client, world, mine, capfd, canary):
    client.handler.enforce_csrf_checks = True
    client.force_login(world.staff["nurse"])
    settings.ALLOWED_HOSTS = ["testserver"]
    sent = {"reason": WORDS, "number": canary.identity_number}
    referer = f"https://other.example/?q={NAME}"
    answers = [
        client.post(reverse("access:break_glass"), sent, HTTP_REFERER=referer, secure=True),
        client.post(reverse("access:break_glass"), sent, HTTP_ORIGIN=f"https://{NAME}.example"),
        client.get("/", headers={"host": f"{NAME.lower()}.example"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 400]
    assert all_is_silent(mine, capfd, canary) is True


def test_files_that_cannot_be_taken_in(world, mine, capfd, canary, tmp_path):
    rows = [cells(identity_number=canary.identity_number[:5], family_name=NAME, street=STREET), cells(born_on=NAME)]
    register, forms = tmp_path / "uttrekk.csv", tmp_path / "skjema.csv"
    register.write_bytes(as_csv(*FAMILY, *rows))
    forms.write_text(f"id;{NAME}\n{canary.identity_number};{WORDS}\n", encoding="utf-8")
    said = StringIO()
    call_command("import_people", register, rows=4, stdout=said, stderr=said)
    mapping = tmp_path / "kart.toml"
    mapping.write_text(f'instrument = "epds"\n[columns]\n"{NAME}" = "epds01"\n', encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_responses", forms, instrument="epds", mapping=mapping, stdout=said, stderr=said)
    assert "row" in said.getvalue()
    assert is_silent(said.getvalue(), canary) is True
    assert all_is_silent(mine, capfd, canary) is True


def test_what_is_kept_about_runs_posts_and_looks(browser, canary, world):
    browser.post(reverse("access:break_glass"), {"number": canary.identity_number, "reason": WORDS, "_once": "t"})
    with pytest.raises(ValueError, match=NAME), Run.noted("canary", clock=lambda: AT):
        raise ValueError(f"{NAME} could not be read")
    assert Run.objects.get(name="canary").failed == "ValueError"
    rows = [*Run.objects.values(), *Submission.objects.values(), *AuditEvent.objects.values()]
    assert AuditEvent.objects.filter(person=canary.key).exists()
    assert is_silent(repr(rows), canary) is True


@pytest.mark.parametrize("fault", ["raise ValueError(name)", "{}[name]", "logging.exception(ValueError(name))"])
def test_a_command_that_fails_prints_kind_and_place(fault, tmp_path):
    code = (
        "import logging, django; django.setup(); name = '%s'\n"
        "def works():\n try:\n  int(name)\n except ValueError:\n  %s\nworks()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code % (NAME, fault)], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "fotspor.config.settings", "FOTSPOR_HOME": str(tmp_path)},
    )  # fmt: skip
    assert NAME not in done.stdout + done.stderr
    assert "ValueError" in done.stderr
    assert "works" in done.stderr


# --- how it is said --------------------------------------------------------------------------------------


def test_what_we_wrote_ourselves_is_said_in_its_words():
    from fotspor.kit.errors import Refused, Stale

    assert faults.told(Refused("Choose a day.")) == "Choose a day."
    assert faults.told(CommandError("No such file.")) == "No such file."
    assert faults.told(Stale()) == "fotspor.kit.errors.Stale"
    assert faults.told(KeyError(NAME)) == "KeyError"


def test_a_route_is_said_without_what_was_typed_in_it():
    assert faults.route("/personer/abc/?q=x") == "/personer/<str:key>/"
    assert faults.route(f"/{NAME}/") == "(no such address)"


def test_other_loggers_say_what_they_said():
    made = faults.record("ours", 20, "f", 1, "%s of %s at /%s", (1, "/a", timedelta(1)), None)
    assert made.getMessage() == "1 of /a at /1 day, 0:00:00"
    assert faults.record("ours", 20, "f", 1, ValueError(NAME), (), None).getMessage() == "ValueError"
    assert faults.record("gunicorn.error", 20, "f", 1, "%s", (f"GET /{NAME}",), None).getMessage() == "(left out)"
    assert faults.record("ours", 20, "f", 1, "%(a)s", ({"a": 1},), None).getMessage() == "1"


def test_an_error_without_a_request_is_reported_too(rf):
    assert faults.LEFT_OUT in faults.Report(None, None, NAME, None).get_traceback_html()
    assert NAME not in faults.Report(rf.get(f"/{NAME}"), ValueError, ValueError(NAME), None).get_traceback_html()


def test_a_press_of_ctrl_c_is_what_it_always_was(capsys):
    faults.tell(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert "KeyboardInterrupt" in capsys.readouterr().err
    faults.tell(CommandError, CommandError("Choose a file."), None)
    assert "Choose a file." in capsys.readouterr().err
