"""Components draw what they are given, escape it, and keep the promises of the frame."""

import json
import re
from datetime import date, time, timedelta
from types import SimpleNamespace as Sample

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from fotspor.kit import gallery
from fotspor.kit.labels import Label
from fotspor.kit.navigation import Place
from fotspor.kit.trail import Arena, Step, StepState, Trail

TODAY = date(2026, 11, 24)


def draw(name, **context):
    with translation.override("en"):
        return render_to_string(f"kit/{name}.html", context)


def draw_text(text, request=None, **context):
    with translation.override("en"):
        return engines["django"].from_string(text).render(context, request)


# --- small ones ------------------------------------------------------------------------------------------


def test_an_icon_beside_a_word_is_hidden_and_one_alone_has_a_name():
    assert 'aria-hidden="true"' in draw_text('{% icon "Calendar" %}')
    alone = draw_text('{% icon "Calendar" label %}', label="<Search>")
    assert 'role="img" aria-label="&lt;Search&gt;"' in alone
    assert "aria-hidden" not in alone


def test_no_icon_draws_nothing():
    assert draw_text('{% icon "" %}') == ""


def test_a_tag_has_word_sign_and_colour():
    drawn = draw("tag", label=Label("Late", "Clock", "danger", strong=True))
    assert "#i-Clock" in drawn
    assert 'data-color="danger" data-strong' in drawn
    assert drawn.strip().endswith("Late</span>")
    assert "3 days" in draw("tag", label=Label("Late", "Clock"), text="3 days")


def test_a_button_is_a_link_when_it_leads_somewhere():
    assert draw("button", url="/x", label="Go").strip().startswith("<a ")
    assert 'type="submit"' in draw("button", label="Save")


def test_a_closed_button_names_its_reason():
    assert 'aria-disabled="true" aria-describedby="r"' in draw("button", label="Sign", why_not="r")


@pytest.mark.parametrize(
    "name", ["alert", "empty", "toast", "why", "urgent", "panel_head", "closed", "button", "baton", "holder"]
)
def test_words_are_escaped(name):
    hostile = "<script>alert(1)</script>"
    keys = ("title", "text", "label", "action", "unit", "person", "rule", "url_label", "link_label")
    drawn = draw(name, **dict.fromkeys(keys, hostile) | {"label": Sample(word=hostile, icon="Clock", color="info")})
    assert "<script>" not in drawn


def test_two_forms_on_a_page_have_tokens_of_their_own():
    tokens = re.findall(r'value="(\w+)"', draw_text('{% include "kit/once.html" %}{% include "kit/once.html" only %}'))
    assert len(set(tokens)) == 2


def test_a_count_of_nothing_is_not_shown():
    assert draw("count", count=0).strip() == ""
    assert "12\u202f486" in draw("count", count=12486)


def test_a_heather_count_is_for_batons_and_grey_has_no_colour():
    assert 'data-color="stafett"' in draw("count", count=1, color="stafett")
    assert "data-color" not in draw("count", count=1, color="neutral")


def test_breadcrumb_pairs_words_with_addresses():
    drawn = draw_text('{% breadcrumb "My day" "/d" name %}', name="Blid <Osp>")
    assert '<a class="ds-link" href="/d">My day</a>' in drawn
    assert '<span aria-current="page">Blid &lt;Osp&gt;</span>' in drawn


# --- tasks, tables, pages --------------------------------------------------------------------------------


def task(**more):
    base = {
        "label": Label("In the window", "Clock", "info"),
        "title": "6-week contact",
        "who": "Lita Lyng",
        "url": "/t",
        "opens_on": TODAY,
        "due_on": TODAY + timedelta(5),
        "closes_on": TODAY + timedelta(9),
        "action": "Start",
        "action_url": "/a",
    }
    return Sample(**base | more)


def test_a_task_says_its_action_for_whom():
    drawn = draw("task", task=task(), today=TODAY)
    assert 'Start<span class="ds-sr-only">: Lita Lyng, 6-week contact</span>' in drawn
    assert "fs-window" in drawn


def test_a_taken_task_shows_its_receipt_instead_of_the_action():
    drawn = draw("task", task=task(receipt="Taken at 09.51"), today=TODAY)
    assert "Taken at 09.51" in drawn
    assert 'href="/a"' not in drawn


def test_a_task_without_a_window_has_no_bar():
    assert "fs-window" not in draw("task", task=task(opens_on=None, due_on=None, closes_on=None), today=TODAY)


@pytest.mark.parametrize("language", ["nb", "en"])
def test_numbers_in_drawings_have_points_in_every_language(language):
    with translation.override(language):
        text = engines["django"].from_string("{% window_bar a b c d %}")
        drawn = text.render({"a": TODAY, "b": TODAY + timedelta(3), "c": TODAY + timedelta(10), "d": TODAY})
        chart = render_to_string("kit/bar_chart.html", {"chart": gallery.drawings()["bars"], "id": "x"})
    assert not re.search(r'="[^"]*\d,\d[^"]*"', drawn + chart)
    assert re.search(r"\d\.\d", drawn)


def test_a_table_heads_rows_and_labels_cells():
    data = gallery.table(TODAY)
    drawn = draw("table", caption="Children", today=TODAY, stack=True, **data)
    assert drawn.count('<th scope="row">') == 3
    assert 'data-label="Window"' in drawn
    assert 'aria-sort="ascending"' in drawn
    assert 'aria-sort="none"' in drawn
    assert ">22<" in drawn.replace("\n", "")


def test_a_row_with_a_cell_too_few_is_an_error_not_a_shifted_table():
    data = gallery.table(TODAY)
    data["rows"] = [gallery.Row(("only one",))]
    with pytest.raises(ValueError, match="zip"):
        draw("table", caption="x", today=TODAY, **data)


def test_paging_keeps_the_rest_of_the_address():
    request = RequestFactory().get("/x", {"q": "a b", "page": "3"})
    drawn = draw_text("{% paginate page %}", request, page=Paginator(range(300), 30).page(3))
    assert 'href="?q=a+b&amp;page=2"' in drawn
    assert drawn.count('aria-current="true"') == 1
    assert "?q=a+b&amp;page=10" in drawn


def test_one_page_needs_no_paging():
    request = RequestFactory().get("/x")
    assert draw_text("{% paginate page %}", request, page=Paginator([1], 30).page(1)).strip() == ""


def test_the_agenda_reads_times():
    drawn = draw("agenda", items=[Sample(at=time(9, 5), title="Blid Osp", url="", meta="", past=False)])
    assert '<time datetime="09:05">09:05</time>' in drawn


# --- the trail -------------------------------------------------------------------------------------------


def one_step(state):
    step = Step(1, state, "6 w", "6-week contact", "/s")
    return Trail((Arena("Health station", "HouseHeart", "now", 1, 1, (step,)),), columns=1)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (StepState.DONE, "Done:"),
        (StepState.DONE_LATE, "Done late:"),
        (StepState.NOW, "Now:"),
        (StepState.LATE, "Past the deadline:"),
        (StepState.DECLINED, "Declined:"),
        (StepState.FUTURE, "To come:"),
    ],
)
def test_a_step_starts_with_the_word_for_its_state(state, word):
    drawn = draw("trail", trail=one_step(state))
    assert re.search(rf"{word}\s+6-week contact", drawn)
    assert f'data-state="{state}"' in drawn
    assert (state == StepState.NOW) == ('aria-current="step"' in drawn) == ("trail-now" in drawn)


def test_the_trail_as_a_list_has_the_same_steps():
    picture, listed = draw("trail", trail=gallery.trail()), draw("trail_list", trail=gallery.trail())
    assert picture.count('class="fs-step"') == listed.count("an example") == 15
    assert picture.count('class="fs-pass"') == 3


def beside(start, span, columns=24):
    lanes = [
        Arena(name="One", icon="House", state="now", start=1, span=columns, steps=()),
        Arena(name="Two", icon="TeddyBear", state="now", start=start, span=span, steps=(), lane=2),
    ]
    return Trail(tuple(lanes), columns)


@pytest.mark.parametrize(
    ("start", "span", "columns", "where", "room"),
    [
        (18, 7, 24, "left", 8),
        (1, 6, 24, "right", 8),
        (13, 12, 24, "left", 6),
        (8, 10, 24, "below", 3),
        (7, 2, 8, "right", 6),  # eight steps are drawn over half of the page
    ],
)
def test_the_summary_stands_beside_lane_two_where_there_is_room(start, span, columns, where, room):
    trail = beside(start, span, columns)
    assert (trail.note, trail.room) == (where, room)
    assert f'data-note="{where}"' in draw("trail", trail=trail)


def test_without_lane_two_the_summary_stands_below():
    assert one_step(StepState.NOW).note == "below"
    assert gallery.trail().note == "left"


# --- answers from paper ----------------------------------------------------------------------------------


def test_boxes_stand_in_the_papers_order_and_store_their_own_points():
    drawn = draw("items", items=gallery.items(), heads=("a", "b", "c", "d"), legend="x")
    assert re.findall(r'name="item3" value="(\d)"', drawn) == ["3", "2", "1", "0"]
    assert re.findall(r'name="item1" value="(\d)"', drawn) == ["0", "1", "2", "3"]
    assert 'aria-label="Question 3, Topic three, printed high to low: 2 points"' in drawn
    assert 'name="item10" value="1" checked' in drawn


# --- the frame -------------------------------------------------------------------------------------------


def frame(**context):
    request = RequestFactory().get("/x?y=1")
    return draw_text(
        '{% extends "kit/page.html" %}{% block title %}Day{% endblock %}{% block heading %}Day{% endblock %}',
        request,
        **context,
    )


@pytest.mark.django_db  # the rail asks for the municipality's name
def test_the_frame_needs_nothing():
    drawn = frame()
    assert drawn.count("<h1") == 1
    assert "fs-tabbar" not in drawn
    assert "fs-me" not in drawn


@pytest.mark.django_db  # the rail asks for the municipality's name
def test_practice_is_named_in_the_title_and_on_the_page():
    assert "<title>Practice: Day – Fotspor</title>" in frame(practice=True)
    assert "<title>Day – Fotspor</title>" in frame(practice=False)
    assert "Practice data" not in frame(practice=False)


def test_the_current_place_is_marked_in_rail_and_bottom_bar():
    drawn = frame(rail=gallery.rail(), active="batons")
    assert len(re.findall(r'href="#batons"\s+aria-current="page"', drawn)) == 2
    assert drawn.count('aria-current="page"') == 2


def test_the_units_heading_stands_once_and_only_with_places_under_it():
    rail = gallery.rail()
    assert frame(rail=rail).count(">The unit</h2>") == 1
    rail.places = [Place("day", "My day", "/", "TasklistStart")]
    assert ">The unit</h2>" not in frame(rail=rail)


def test_one_post_needs_no_choice():
    rail = gallery.rail()
    rail.posts = rail.posts[:1]
    assert 'name="post"' not in frame(rail=rail)


@pytest.mark.django_db  # the rail asks for the municipality's name
def test_htmx_is_configured_to_keep_and_eval_nothing():
    config = json.loads(re.search(r'name="htmx-config" content=\'([^\']+)\'', frame()).group(1))
    assert config["historyCacheSize"] == 0
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert {"code": "422", "swap": True} in config["responseHandling"]


def test_no_name_is_sent_in_an_address_when_searching():
    drawn = frame(rail=gallery.rail())
    assert re.search(r'role="search" method="post"', drawn)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_error_pages_need_no_context(name, language):
    with translation.override(language):
        drawn = render_to_string(f"{name}.html")
    assert drawn.count("<h1") == 1
    assert f'<html lang="{language}"' in drawn
