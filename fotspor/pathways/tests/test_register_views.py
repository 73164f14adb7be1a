"""The administrator's pages of the population register."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fotspor.pathways.models import RegisterImport
from fotspor.pathways.queries.register_imports import DEFAULT_LAYOUT
from fotspor.pathways.tests.register_world import (
    AT,
    FAMILY,
    NEWBORN,
    OTHERS,
    adult,
    expecting,
    newborn,
    take_in,
    town,
)
from fotspor.pathways.tests.test_register_rules import as_csv, as_xlsx, cells
from fotspor.pathways.views import register_imports as views
from fotspor.people import actions as people
from fotspor.people.models import Person
from fotspor.services.models import Staff

pytestmark = pytest.mark.django_db
__all__ = ["expecting", "town"]


@pytest.fixture
def desk(client, town):
    """The administrator, signed in at noon of the tests' day."""
    count = iter(range(1000))

    def post(name, *args, **values):
        return client.post(reverse(name, args=args), {"once": f"t{next(count)}", **values})

    with time_machine.travel(AT, tick=False):
        client.force_login(Staff.objects.get(pk=town["administrator"].staff_id))
        client.post_to = post
        yield client


def upload(content=None, name="register.csv"):
    return SimpleUploadedFile(name, as_csv(*FAMILY) if content is None else content)


def sent(desk, **values):
    return desk.post_to("pathways:register_imports", **{"file": upload(), "rows": len(FAMILY), **values})


def test_a_file_is_compared_looked_at_and_taken_in(desk):
    answer = sent(desk)
    source = RegisterImport.objects.get()
    assert answer.url == reverse("pathways:register_import", args=[source.key])
    page = desk.get(answer.url)
    assert page.status_code == 200
    assert "Lyng" not in page.content.decode()
    assert not Person.objects.exists()
    answer = desk.post_to("pathways:register_import_apply", source.key)
    assert answer.url == reverse("pathways:register_import", args=[source.key])
    assert Person.objects.count() == 2
    assert b"<form" not in desk.get(answer.url).content.split(b"<main")[1].split(b"</main")[0]
    assert source.file_name.encode() in desk.get(reverse("pathways:register_imports")).content


def test_a_spreadsheet_and_a_mapping_are_read_too(desk):
    mapping = SimpleUploadedFile("mine.toml", DEFAULT_LAYOUT.read_bytes().replace(b'"identity_number"', b'"fnr"'))
    content = as_xlsx(*({"fnr" if k == "identity_number" else k: v for k, v in row.items()} for row in FAMILY),
                      heads=["fnr" if h == "identity_number" else h for h in FAMILY[0]])  # fmt: skip
    assert sent(desk, file=upload(content, "r.xlsx"), mapping=mapping).status_code == 302
    assert RegisterImport.objects.get().rows.count() == 2


@pytest.mark.parametrize("content", [as_csv(*FAMILY)[:-7], b"\xff\xfe\x00", b"a;b\r\n1;2\r\n"])
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(desk, content):
    answer = sent(desk, file=upload(content))
    assert answer.status_code == 422
    assert b"data-errors" in answer.content
    assert not RegisterImport.objects.exists()


def test_no_file_and_a_mapping_that_is_none_are_refused(desk):
    assert desk.post_to("pathways:register_imports").status_code == 422
    for text in (b"not = toml = ", b'slug = "x"', b"\xff"):
        assert sent(desk, mapping=SimpleUploadedFile("m.toml", text)).status_code == 422
    assert not RegisterImport.objects.exists()


def test_a_file_asks_how_many_rows_there_should_be_unless_it_says_so_itself(desk):
    for rows in ("", "3"):
        answer = sent(desk, rows=rows, accepts_missing="on")
        assert answer.status_code == 422
        assert "rows" in answer.context["form"].errors
    assert not RegisterImport.objects.exists()
    assert sent(desk, rows="2").status_code == 302
    assert sent(desk, rows="", file=upload(as_csv(*FAMILY) + b"#rows;2\r\n")).status_code == 302


def test_a_file_that_waited_while_a_newer_one_was_taken_in_is_not_applied(desk):
    sent(desk)
    waiting = RegisterImport.objects.get()
    take_in(adult(), cells(street="Lissomvegen 2"), at=AT + timedelta(hours=1))
    page = desk.get(reverse("pathways:register_import", args=[waiting.key])).content.decode()
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    answer = desk.post_to("pathways:register_import_apply", waiting.key)
    (said,) = get_messages(answer.wsgi_request)
    assert said.level_tag == "error"
    assert set(Person.objects.values_list("street", flat=True)) == {"Prøvegata 1", "Lissomvegen 2"}


def test_a_file_that_is_too_large_is_refused(desk, monkeypatch):
    from fotspor.pathways.forms import register_imports as forms

    monkeypatch.setattr(forms, "MOST_BYTES", 10)
    assert sent(desk).status_code == 422


def test_many_households_are_taken_in_some_at_a_time(desk, monkeypatch):
    monkeypatch.setattr(views, "AT_A_TIME", 1)
    sent(desk, file=upload(as_csv(*FAMILY, *OTHERS)), rows=4)
    source = RegisterImport.objects.get()
    answer = desk.post_to("pathways:register_import_apply", source.key)
    assert "1" in str(next(iter(get_messages(answer.wsgi_request))))
    assert Person.objects.count() == 2
    page = desk.get(answer.url)
    assert page.context["page"].households_left == 1
    desk.post_to("pathways:register_import_apply", source.key)
    assert Person.objects.count() == 4


def test_refused_rows_say_row_column_and_reason(desk):
    sent(desk, file=upload(as_csv(*FAMILY, cells(identity_number="1"))), rows=3)
    page = desk.get(reverse("pathways:register_import", args=[RegisterImport.objects.get().key]))
    (line,) = page.context["page"].refused
    assert line.row == 4
    assert str(line.column) in page.content.decode()


@pytest.mark.parametrize(("answer", "people_after"), [("same", 2), ("another", 3)])
def test_a_newborn_is_said_to_be_ours_or_another(desk, town, expecting, answer, people_after):
    people.record_birth(
        journey=expecting, born_on=NEWBORN, children=[people.Newborn(sex="female")], by=town["midwife"], at=AT,
    )  # fmt: skip
    source = take_in(adult(), newborn())
    page = desk.get(reverse("pathways:register_import", args=[source.key]))
    assert len(page.context["page"].proposed) == 1
    (row,) = page.context["page"].proposed
    desk.post_to("pathways:register_proposal", source.key, row.row, answer=answer)
    assert Person.objects.count() == people_after
    gone = desk.post_to("pathways:register_proposal", source.key, row.row, answer=answer)
    assert gone.status_code == 404


def test_an_answer_that_is_none_changes_nothing(desk, town, expecting):
    people.record_birth(
        journey=expecting, born_on=NEWBORN, children=[people.Newborn(sex="female")], by=town["midwife"], at=AT,
    )  # fmt: skip
    source = take_in(adult(), newborn())
    page = desk.get(reverse("pathways:register_import", args=[source.key]))
    (row,) = page.context["page"].proposed
    for answer in ({}, {"answer": "perhaps"}):
        sent_back = desk.post_to("pathways:register_proposal", source.key, row.row, **answer)
        assert sent_back.url == reverse("pathways:register_import", args=[source.key])
    assert len(desk.get(sent_back.url).context["page"].proposed) == 1
    assert Person.objects.count() == 2


def test_strangers_find_no_such_page(client, town):
    source = take_in(*FAMILY)
    addresses = [reverse("pathways:register_imports"), reverse("pathways:register_import", args=[source.key])]
    for address in addresses:
        assert client.get(address).status_code == 302
    client.force_login(Staff.objects.get(pk=town["nurse"].staff_id))
    for address in addresses:
        assert client.get(address).status_code == 404
    for name, args in (("register_import_apply", [source.key]), ("register_proposal", [source.key, 2])):
        assert client.post(reverse(f"pathways:{name}", args=args), {"once": name}).status_code == 404


def test_looking_is_not_applying(desk):
    sent(desk)
    source = RegisterImport.objects.get()
    assert desk.get(reverse("pathways:register_import_apply", args=[source.key])).status_code == 405
    assert desk.get(reverse("pathways:register_import", args=["no-such"])).status_code == 404


def test_the_page_asks_the_same_whatever_the_number_of_rows(desk, django_assert_max_num_queries):
    sent(desk, file=upload(as_csv(*FAMILY, *OTHERS)), rows=4)
    with django_assert_max_num_queries(25):
        desk.get(reverse("pathways:register_import", args=[RegisterImport.objects.get().key]))
