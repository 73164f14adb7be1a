"""Fields that draw themselves, say what is wrong, and keep what was typed."""

from datetime import date, time

import pytest
from django.utils import translation

from fotspor.kit import forms
from fotspor.kit.answering import typed


class Sample(forms.Form):
    held_on = forms.DayField(label="When was it?", help_text="The window is open")
    held_at = forms.TimeField(label="Time", required=False)
    outcome = forms.RadioField(label="Outcome", choices=[("a", "Held"), ("b", "Absent")], descriptions={"b": "again"})
    unit = forms.SelectField(label="Unit", choices=[("u", "One")], empty="Choose")
    tries = forms.NumberField(label="Tries", required=False)
    kinds = forms.ChecksField(label="Kinds", choices=[("x", "X"), ("y", "Y")], required=False)
    note = forms.LongTextField(label="Note", required=False, rows=5)
    agreed = forms.CheckField(label="Agreed")
    version = forms.VersionField(initial=3)


GOOD = {"held_on": "2026-11-24", "outcome": "b", "unit": "u", "version": "3"}


def english(text):
    with translation.override("en"):
        return str(text)


def test_clean_values():
    form = Sample({**GOOD, "held_at": "0930", "tries": " 2 ", "kinds": ["x"], "agreed": "on"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "held_on": date(2026, 11, 24),
        "held_at": time(9, 30),
        "outcome": "b",
        "unit": "u",
        "tries": 2,
        "kinds": ["x"],
        "note": "",
        "agreed": True,
        "version": 3,
    }


@pytest.mark.parametrize("typed", ["2026-11-24", "24.11.2026", "24.11.26", "24112026", "241126"])
def test_dates_are_read_as_people_write_them(typed):
    form = Sample({**GOOD, "held_on": typed})
    assert form.is_valid()
    assert form.cleaned_data["held_on"] == date(2026, 11, 24)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_dates_do_not_depend_on_the_language(language):
    with translation.override(language):
        assert 'value="2026-11-24"' in str(Sample(GOOD)["held_on"])
        assert 'type="date"' in str(Sample(GOOD)["held_on"])


def test_what_cannot_be_shown_by_the_picker_is_kept_as_text():
    drawn = str(Sample({**GOOD, "held_on": "31.02.2026"})["held_on"])
    assert 'value="31.02.2026"' in drawn
    assert 'type="text"' in drawn


def test_a_field_names_its_help_and_its_error():
    drawn = english(Sample({})["held_on"])
    assert 'for="id_held_on"' in drawn
    assert 'aria-describedby="id_held_on_help id_held_on_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-required="true"' in drawn
    assert "Fill this in." in drawn
    assert " required" not in drawn


def test_a_fresh_field_describes_only_its_help():
    drawn = str(Sample()["held_on"])
    assert 'aria-describedby="id_held_on_help"' in drawn
    assert "aria-invalid" not in drawn


def test_optional_fields_say_so():
    assert "(optional)" in english(Sample()["note"])
    assert "(optional)" not in english(Sample()["held_on"])
    assert "(optional)" not in english(Sample()["agreed"])


def test_a_group_is_a_fieldset_with_a_legend():
    drawn = english(Sample({**GOOD, "outcome": "b"})["outcome"])
    assert drawn.count('type="radio"') == 2
    assert "<legend" in drawn
    assert 'value="b" id="id_outcome_1" checked' in drawn
    assert "again" in drawn


def test_words_on_a_group_are_escaped():
    class Sly(forms.Form):
        pick = forms.RadioField(label="<b>", choices=[("<i>", "<script>")])

    drawn = str(Sly()["pick"])
    assert "<script>" not in drawn
    assert "<b>" not in drawn


def test_the_summary_links_to_each_field_and_counts():
    form = Sample({"held_on": "soon"})
    drawn = english(form)
    assert 'href="#id_held_on"' in drawn
    assert 'href="#id_outcome_0"' in drawn
    assert "When was it? Write a date" in drawn
    assert "Unit: Choose one." in drawn
    assert f"{form.error_count} things must be put right" in drawn
    assert "data-errors" in drawn


def test_an_error_of_the_whole_form_stands_in_the_summary():
    form = Sample(GOOD)
    form.add_error(None, "The two do not go together.")
    assert "<li>The two do not go together.</li>" in english(form)
    assert "One thing must be put right" in english(form)


def test_hidden_fields_are_bare():
    drawn = str(Sample()["version"])
    assert "ds-field" not in drawn
    assert 'type="hidden"' in drawn
    assert 'value="3"' in drawn


@pytest.mark.parametrize(
    ("field", "typed"),
    [("held_on", "24.11.0026"), ("tries", "two"), ("held_at", "25:00"), ("outcome", "z"), ("unit", "z")],
)
def test_nonsense_is_refused_in_words(field, typed):
    form = Sample({**GOOD, field: typed})
    assert list(form.errors) == [field]
    with translation.override("nb"):
        assert str(form.errors[field][0])[-1] == "."


def test_an_address_must_look_like_one():
    class Contact(forms.Form):
        email = forms.EmailField(label="E-mail")
        name = forms.TextField(label="Name")

    form = Contact({"email": "nowhere", "name": "Kari"})
    assert "email" in form.errors
    assert 'autocomplete="off"' in str(form["name"])


class Visit(forms.Form):
    held_on = forms.DayField(label="When?")
    note = forms.LongTextField(label="What?", required=False)
    outcome = forms.RadioField(label="How?", choices=[("held", "Held"), ("gone", "Nobody came")])
    follow_up = forms.CheckField(label="Follow up")
    kinds = forms.ChecksField(label="Which?", choices=[("a", "A"), ("b", "B")], required=False)
    paper = forms.FileField(label="Paper", required=False)
    version = forms.VersionField()


TYPED = {
    "held_on": ["2026-11-24"],
    "note": ["Ringe <b>onsdag</b>"],
    "outcome": ["gone"],
    "kinds": ["b"],
    "paper": ["x"],
    "version": ["3"],
}


def test_what_is_fetched_stands_in_the_boxes_and_nothing_is_sent():
    form = Visit(forms.Fetched.of(TYPED), initial={"outcome": "held", "follow_up": True, "version": 7})
    assert not form.is_bound
    assert not form.is_valid()
    assert not form.errors
    drawn = str(form)
    assert 'value="2026-11-24"' in drawn
    assert "Ringe &lt;b&gt;onsdag&lt;/b&gt;" in drawn
    assert [o.value for o in form["outcome"].options if o.checked] == ["gone"]
    assert [o.value for o in form["kinds"].options if o.checked] == ["b"]
    assert form["follow_up"].value() is False  # a box that was not ticked is not sent
    assert form["version"].value() == "3"  # so that what others saved meanwhile is seen
    assert form["paper"].value() is None


def test_what_is_not_in_the_draft_is_as_on_a_fresh_page():
    form = Visit(forms.Fetched.of({"note": ["Ringe"]}), initial={"outcome": "held", "version": 7})
    assert form["outcome"].value() == "held"
    assert form["version"].value() == 7


def test_a_draft_knows_its_prefix():
    form = Visit(forms.Fetched.of({"end-note": ["Ringe"], "note": ["Nei"]}), prefix="end")
    assert form["note"].value() == "Ringe"


def test_what_a_form_is_made_from(rf):
    request = rf.get("/")
    assert typed(request) is None
    request.fetched = forms.Fetched.of(TYPED)
    assert typed(request) is request.fetched
    sent = rf.post("/", {"note": "x"})
    sent.fetched = request.fetched
    assert typed(sent) is sent.POST


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kort", "Say it in a few words: at least 10 characters."),
        ("alt for langt til dette", "This is too long: 23 characters, and there is room for 20."),
    ],
)
def test_too_short_and_too_long_are_said_in_our_own_words(text, said):
    class Reason(forms.Form):
        why = forms.LongTextField(min_length=10, max_length=20)

    with translation.override("en"):
        assert Reason({"why": text}).errors["why"] == [said]
