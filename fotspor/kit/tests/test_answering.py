"""How a form is answered: what each way out leaves in the form, and what the second of two writers is shown."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace as Sample

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from fotspor.kit import forms
from fotspor.kit.answering import Now, answered, form_page, typed
from fotspor.kit.errors import Refused, Stale

AT = datetime(2026, 11, 24, 9, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


class Sheet(forms.Form):
    name = forms.TextField(label="Name")
    held_on = forms.DayField(label="Day", required=False)
    held_at = forms.TimeField(label="Time", required=False)
    unit = forms.SelectField(label="Unit", choices=[("a", "North"), ("b", "South")], required=False, empty="Choose")
    serves = forms.ChecksField(label="Serves", choices=[("x", "Xanten"), ("y", "Ytre")], required=False)
    signs_in = forms.CheckField(label="Signs in")
    version = forms.VersionField(required=False)


WRITTEN = {"name": "Ny", "held_on": "2026-11-24", "held_at": "09:30", "unit": "a", "serves": ["x"], "version": "1"}


def request_of(method="post", **values):
    request = getattr(RequestFactory(), method)("/", values)
    request.session, request.htmx = {}, False
    request._messages = FallbackStorage(request)
    return request


def sent(**changes):
    request = request_of(**WRITTEN | changes)
    return request, Sheet(typed(request))


def act_that(raises):
    def act():
        raise raises

    return act


def said(request):
    return [str(message) for message in get_messages(request)]


def test_a_page_that_is_only_opened_is_not_answered():
    request = request_of("get")
    assert typed(request) is None
    assert not answered(request, Sheet(typed(request)), lambda: pytest.fail("acted"))


def test_an_empty_post_is_read_and_refused():
    request = request_of()
    form = Sheet(typed(request))
    assert form.is_bound
    assert not answered(request, form, lambda: pytest.fail("acted"))
    assert "name" in form.errors


def test_a_success_keeps_the_result_and_leaves_a_receipt():
    request, form = sent()
    assert answered(request, form, lambda: "made", done="Saved.")
    assert form.result == "made"
    assert said(request) == ["Saved."]


def test_a_receipt_may_name_what_was_made_and_may_be_left_out():
    request, form = sent()
    assert answered(request, form, lambda: Sample(name="North"), done=lambda made: f"{made.name} is made.")
    assert said(request) == ["North is made."]
    request, form = sent()
    assert answered(request, form, lambda: None)
    assert said(request) == []


def test_a_refusal_stands_in_the_form_and_is_kept_for_the_page():
    request, form = sent()
    refused = Refused("The unit is full.")
    assert not answered(request, form, act_that(refused), done="Saved.")
    assert form.refused is refused
    assert form.non_field_errors() == ["The unit is full."]
    assert said(request) == []


def test_a_refusal_that_names_a_field_stands_there():
    request, form = sent()
    refused = Refused("Say why.")
    refused.field = "name"
    answered(request, form, act_that(refused))
    assert form.errors["name"] == ["Say why."]
    refused.field = "not_there"
    request, form = sent()
    answered(request, form, act_that(refused))
    assert form.non_field_errors() == ["Say why."]


def now(**values):
    return Now(7, values, who="Rask Elv", at=AT, words={"name": "What it is called"})


def rows(form):
    return [(row.label, row.now, row.typed) for row in form.meanwhile.rows]


def test_the_second_writer_sees_who_saved_and_each_field_that_differs():
    request, form = sent()
    stands = now(
        name="Annet",
        held_on=date(2026, 11, 25),
        held_at=time(10),
        unit="b",
        serves=["y", "x"],
        signs_in=True,
        version=7,
    )
    assert not answered(request, form, act_that(Stale()), done="Saved.", now=lambda: stands)
    assert (form.meanwhile.who, form.meanwhile.at) == ("Rask Elv", AT)
    assert rows(form) == [
        ("What it is called", "Annet", "Ny"),
        ("Day", "25 November 2026", "24 November 2026"),
        ("Time", "10:00", "09:30"),
        ("Unit", "South", "North"),
        ("Serves", "Ytre, Xanten", "Xanten"),
        ("Signs in", "Yes", "No"),
    ]


def test_what_was_typed_is_kept_and_the_next_press_saves_over_it():
    request, form = sent()
    answered(request, form, act_that(Stale()), now=lambda: now(name="Annet"))
    assert form["name"].value() == "Ny"
    assert str(form["version"].value()) == "7"
    assert "What you typed is kept" in form.non_field_errors()[0]


def test_what_is_the_same_or_empty_on_both_sides_is_not_shown():
    request, form = sent(name="Likt", serves=["y", "x"], held_on="", unit="")
    answered(
        request, form, act_that(Stale()),
        now=lambda: now(name="Likt", serves=["x", "y"], held_on=None, unit="", unknown="x"),
    )  # fmt: skip
    assert rows(form) == []


def test_what_was_emptied_says_so():
    request, form = sent(held_on="")
    answered(request, form, act_that(Stale()), now=lambda: now(held_on=date(2026, 11, 25), unit="", serves=[]))
    assert rows(form) == [
        ("Day", "25 November 2026", "Nothing"),
        ("Unit", "Nothing", "North"),
        ("Serves", "Nothing", "Xanten"),
    ]


def test_without_knowing_what_stands_there_nothing_typed_is_lost():
    request, form = sent()
    assert not answered(request, form, act_that(Stale()))
    assert form.meanwhile is None
    assert form["name"].value() == "Ny"
    assert form.non_field_errors()


@pytest.mark.parametrize(("version", "shown"), [("1", True), ("7", False)])
def test_a_refusal_after_somebody_else_saved_shows_what_they_saved(version, shown):
    request, form = sent(version=version)
    answered(request, form, act_that(Refused("It is recorded.")), now=lambda: now(name="Annet"))
    assert bool(form.meanwhile) is shown
    assert str(form["version"].value()) == version


def test_the_page_is_422_with_the_reasons_when_refused(monkeypatch):
    monkeypatch.setattr("fotspor.kit.answering.page", lambda request, template, context, **more: (context, more))
    request, form = sent()
    refused = Refused("Not yet.")
    refused.reasons = ("a", "b")
    answered(request, form, act_that(refused))
    drawn, more = form_page(request, form, template="x.html", title="T")
    assert drawn == {"form": form, "reasons": ("a", "b"), "title": "T"}
    assert more == {"partial": "", "status": 422}
    opened = request_of("get")
    assert form_page(opened, Sheet(), template="x.html")[1]["status"] == 200


def test_every_form_draws_what_was_saved_meanwhile_under_its_summary():
    request, form = sent()
    answered(request, form, act_that(Stale()), now=lambda: now(name="<b>Annet</b>"))
    drawn = str(form)
    assert drawn.index("ds-error-summary") < drawn.index('id="meanwhile"')
    assert "Saved by Rask Elv, 24 Nov at 10:14" in drawn
    assert "&lt;b&gt;Annet" in drawn
    assert "<caption" not in drawn
    assert 'scope="row"' in drawn


def also_open(*names, url="/here/"):
    rows = [Sample(name=name, since=AT) for name in names]
    return render_to_string("kit/also_open.html", {"also_open": Sample(url=url, rows=rows)})


def test_the_line_about_who_else_is_calm_and_asks_by_itself():
    drawn = also_open("Rask <Elv>", "Rolig Dal")
    assert 'aria-live="polite"' in drawn
    assert "Rask &lt;Elv&gt; also has this form open (since 10:14)." in drawn
    assert "Rolig Dal also" in drawn
    assert 'hx-get="/here/" hx-trigger="every 60s"' in drawn
    assert "X-Fotspor-Poll" in drawn
    assert "hx-get" not in also_open("Rask Elv", url="")


def test_with_nobody_else_the_line_is_there_to_be_filled_and_takes_no_room():
    assert also_open().rstrip().endswith("'></div>")
