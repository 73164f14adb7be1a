"""Bad input at every form, every file and every address: an answer, never a fault, and nothing half stored."""

import os
from collections import Counter
from http.cookies import SimpleCookie
from time import monotonic

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fotspor.kit.faults import places, route
from fotspor.pathways.tests.register_world import FAMILY
from fotspor.pathways.tests.test_register_rules import as_csv, as_xlsx, cells
from fotspor.people import actions as people
from tests.fire.forms import BAD, HEADERS, QUERY, VALUE, encoded, files, filled, forms, pages, repacked
from tests.fire.ledger import Ledger
from tests.fire.town import EVERYTHING
from tests.journeys.world import NOW, TODAY

INPUTS = int(os.environ.get("FOTSPOR_FUZZ", 100_000 if EVERYTHING else 2_000))
SECONDS = float(os.environ.get("FOTSPOR_FUZZ_SECONDS", 7_200 if EVERYTHING else 20))  # then no more are sent
ANSWERS = {200, 204, 286, 301, 302, 400, 404, 405, 413, 422, 429}
PARTS = {"test_every_form": 0.65, "test_every_address": 0.25, "test_every_file": 0.1}
FORM = "application/x-www-form-urlencoded"


class Sender:
    """Sends one input after another, each to the town as it was, and remembers what went wrong."""

    def __init__(self, town):
        self.town = town
        self.opened, closed = pages(town)
        self.forms = forms(self.opened, closed)
        self.cookies = {who: dict(browser.cookies) for who, browser in town.browsers.items()}

    def begin(self, part):
        """With nothing sent and nothing found, and with that part of the time."""
        self.sent, self.statuses, self.faults, self.until = 0, Counter(), {}, monotonic() + SECONDS * part
        return self

    def send(self, who, method, url, **how):
        """One request; what it did is taken back."""
        if monotonic() > self.until:
            return
        browser = self.town.browser(who)
        browser.cookies = SimpleCookie({name: morsel.value for name, morsel in self.cookies[who].items()})
        ledger, there = Ledger(), transaction.savepoint()
        try:
            with connection.execute_wrapper(ledger):
                answer = browser.generic(method, url, **how)
            self.judge(who, method, url, how, answer, ledger)
        finally:
            transaction.savepoint_rollback(there)
            cache.clear()
        self.sent += 1

    def judge(self, who, method, url, how, answer, ledger):
        self.statuses[answer.status_code] += 1
        words = answer.content.decode(errors="replace") if not answer.streaming else ""
        where = route(url)
        if answer.status_code not in ANSWERS:
            error = answer.exc_info[1] if getattr(answer, "exc_info", None) else None
            line = places(error).splitlines()[-1].strip() if error else ""
            self.found(f"{method} {where}: {answer.status_code} {type(error).__name__} {line}", who, url, how)
        elif "Traceback" in words or "django.db" in words:
            self.found(f"{method} {where}: shows what only we should see", who, url, how)
        elif answer.status_code == 422 and not says_why(words):
            self.found(f"{method} {where}: refuses without a word", who, url, how)
        elif answer.status_code != 302 and ledger.left():
            self.found(f"{method} {where}: {answer.status_code}, but stores {ledger.left()}", who, url, how)

    def found(self, fault, who, url, how):
        self.faults.setdefault(fault, f"{who} {url} {str(how)[:700]}")


def says_why(words):
    return any(
        mark in words
        for mark in ("ds-error-summary", "ds-alert", "ds-validation-message", "fs-errors", "data-field", "fs-error")
    )


@pytest.fixture(scope="module")
def pages_of_the_town(built):
    built.browsers.clear()
    return Sender(built)


@pytest.fixture
def sender(pages_of_the_town, db, request):
    return pages_of_the_town.begin(PARTS[request.node.name])


def many(name):
    return settings(
        max_examples=max(1, int(INPUTS * PARTS[name])),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def test_every_form(sender):
    """Forms as somebody could send them, some fields spoilt."""
    assert len(sender.forms) > 80, "the pages are not drawn as they were"
    bound = [(form, filled(form)) for form in sender.forms]

    @many("test_every_form")
    @given(st.data())
    def each(data):
        form, values = data.draw(st.sampled_from(bound))
        body = encoded(data.draw(values))
        sender.send(form.who, "POST", form.url, data=body, content_type=FORM, **data.draw(st.sampled_from(HEADERS)))

    each()
    report(sender)


def test_every_address(sender):
    """Addresses with words that are no keys, and questions that no page asks."""
    targets = [(who, url, name, words) for name, words, who, url, _answer in sender.opened]

    @many("test_every_address")
    @given(st.data())
    def each(data):
        who, url, _name, words = data.draw(st.sampled_from(targets))
        if words and data.draw(st.booleans()):
            parts = url.split("/")
            place = data.draw(st.integers(1, len(parts) - 1))
            parts[place] = encoded([(b"", data.draw(VALUE))])[1:]
            url = "/".join(parts)
        asked = data.draw(st.lists(st.tuples(st.sampled_from(QUERY), VALUE), max_size=3))
        asked = encoded([(name.encode(), value) for name, value in asked])
        method = data.draw(st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]))
        sender.send(who, method, f"{url}?{asked}" if asked else url, **data.draw(st.sampled_from(HEADERS)))

    each()
    report(sender)


def test_every_file(sender):
    """Files in each field that takes one: right, cut, spoilt, of another kind."""
    whole = as_xlsx(cells())
    made = [as_csv(*FAMILY), whole, repacked(whole, lambda part: part.replace(b"<v>", b"<v>9"))]
    asking = [form for form in sender.forms if form.has_file]
    assert asking

    @many("test_every_file")
    @given(st.data())
    def each(data):
        form = data.draw(st.sampled_from(asking))
        parts = []
        for name, kind, value in form.fields:
            if kind == "file":
                name_of = data.draw(
                    st.sampled_from(["a.csv", "a.xlsx", "..\\..\\x", "/etc/passwd", 'a"b.csv', ".toml"])
                )
                parts.append((name, name_of, data.draw(files(made if name == "file" else [MAPPING, *made]))))
            elif data.draw(st.booleans()):
                parts.append((name, None, data.draw(st.sampled_from([b"", b"2", b"on", value.encode(), *BAD[:12]]))))
        body = multipart(parts)
        sender.send(form.who, "POST", form.url, data=body, content_type="multipart/form-data; boundary=BoUnDaRy")

    each()
    report(sender)


NAMES = ["a.csv", "a.xlsx", "..\\..\\x", "/etc/passwd", 'a"b.csv', ".toml"]
MAPPING = b"""slug = "x"
title = "x"
[byline]
source = "x"
evidence = "default"
version = "1"
valid_from = 2026-01-01
next_review = 2028-01-01
[file]
delimiter = ";"
encoding = "utf-8"
date_formats = ["%Y-%m-%d"]
end_mark = "#rows"
[columns]
identity_number = "identity_number"
[optional_columns]
[values]
"""


def multipart(parts):
    body = b""
    for name, file_name, content in parts:
        file = f'; filename="{file_name}"' if file_name is not None else ""
        body += f'--BoUnDaRy\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        body += content + b"\r\n"
    return body + b"--BoUnDaRy--\r\n"


def report(sender):
    """How many went through and what they were answered; red with one example of each fault."""
    print(f"{sender.sent} inputs, {dict(sorted(sender.statuses.items()))}, {len(sender.faults)} faults")
    assert sender.faults == {}, "\n".join(f"{fault}\n    {how}" for fault, how in sender.faults.items())


def test_the_ledger_sees_what_is_left_and_not_what_is_taken_back(town):
    """It stands in for a digest of every table, so it must see what one would."""
    ledger, by = Ledger(), town.world.viewer("nurse")
    with connection.execute_wrapper(ledger):
        there = transaction.savepoint()
        people.register_person(given_name="A", family_name="B", born_on=TODAY, sex="male", by=by, at=NOW)
        assert "people_person" in ledger.left()
        transaction.savepoint_rollback(there)
    assert ledger.left() == []
