"""A query written down once: the text is kept, never an answer."""

import threading
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fotspor.kit.subqueries import NOBODY, compiled_once, fetched_once

BUILT = []
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@compiled_once()
def named(*, beginning):
    BUILT.append(beginning)
    return Group.objects.filter(name__startswith=beginning).values("pk")


@compiled_once()
def nobody():
    return Group.objects.none().values("pk")


@compiled_once("at")
def ended(*, at):
    BUILT.append("ended")
    return Session.objects.filter(expire_date__lte=at).values("pk")


@fetched_once("name")
def rows(*, name, order):
    BUILT.append(f"rows by {order}")
    return Group.objects.filter(name=name).order_by(order)


@fetched_once("most", "name")
def few(*, most, name):
    BUILT.append("few")
    return Group.objects.filter(pk__lte=most, name__gte=name).order_by("name").values_list("name", flat=True)


@fetched_once("beginning", "least")
def not_as_it_is(*, beginning, least):
    BUILT.append("not as it is")
    return Group.objects.filter(name__startswith=beginning, pk__gte=least // 2).order_by("name")


@fetched_once("code")
def never_below_nought(*, code):
    return Permission.objects.filter(content_type__id=code) if code > 0 else Permission.objects.none()


@fetched_once()
def with_permissions():
    return Group.objects.order_by("name").prefetch_related("permissions")


@fetched_once()
def none():
    return Group.objects.none()


@pytest.fixture(autouse=True)
def _new():
    BUILT.clear()
    for each in (named, ended, rows, few):
        each.forget()


def add(*names):
    return [Group.objects.create(name=name) for name in names]


def names(ids):
    return sorted(Group.objects.filter(pk__in=ids).values_list("name", flat=True))


@pytest.mark.django_db
def test_the_answer_is_asked_for_each_time_and_the_text_made_once():
    add("once1")
    assert names(named(beginning="once")) == ["once1"]
    add("once2", "b%s'1")
    assert names(named(beginning="once")) == ["once1", "once2"]
    assert names(named(beginning="b%s'")) == ["b%s'1"], "what is asked for never becomes part of the text"
    assert BUILT.count("once") == 2, "twice, to try what is placed, and then no more"


@pytest.mark.django_db
def test_it_works_left_out_of_a_set_too():
    add("ab1", "c1")
    assert sorted(Group.objects.exclude(pk__in=named(beginning="ab")).values_list("name", flat=True)) == ["c1"]


@pytest.mark.django_db
def test_an_empty_set_holds_nobody_and_leaves_out_nobody(django_assert_num_queries):
    add("ab1")
    with django_assert_num_queries(0):
        ids = nobody()
    assert ids.sql == NOBODY
    assert names(ids) == []
    assert Group.objects.exclude(pk__in=ids).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("minute", "seen"), [(59, []), (0, ["s"]), (1, ["s"])])
def test_an_instant_is_put_in_its_place_to_the_microsecond(minute, seen):
    Session.objects.create(session_key="s", session_data="", expire_date=NOON)
    at = NOON.replace(hour=11, minute=59) if minute == 59 else NOON.replace(minute=minute)
    found = Session.objects.filter(pk__in=ended(at=at))
    assert list(found.values_list("pk", flat=True)) == seen
    ended(at=NOON.replace(microsecond=1))
    assert BUILT == ["ended"] * 2, "one text for every instant"


@pytest.mark.django_db
def test_one_text_serves_every_value_that_is_placed_and_rows_are_asked_for_each_time():
    add("a", "b")
    assert [row.name for row in rows(name="a", order="pk")] == ["a"]
    assert [row.name for row in rows(name="b", order="pk")] == ["b"]
    assert rows(name="c", order="pk") == []
    add("c")
    assert [row.name for row in rows(name="c", order="pk")] == ["c"]
    assert BUILT == ["rows by pk"] * 2
    assert [row.name for row in rows(name="a", order="name")] == ["a"]
    assert BUILT == ["rows by pk"] * 2 + ["rows by name"] * 2, "what is not placed has a text of its own"


@pytest.mark.django_db
def test_two_places_never_change_with_each_other():
    first, second, _third = add("a", "b", "c")
    assert few(most=second.pk, name="a") == ["a", "b"]
    assert few(most=second.pk, name="b") == ["b"]
    assert few(most=first.pk, name="b") == []
    assert BUILT == ["few"] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["o'brien", "%s", "ǩ", '"; DROP TABLE auth_group', "\ue000name\ue000"])
def test_what_is_placed_is_a_parameter_whatever_it_says(text):
    add(text)
    assert [row.name for row in rows(name=text, order="pk")] == [text]


@pytest.mark.django_db
def test_what_the_query_prefetches_comes_along_and_follows_the_facts(django_assert_num_queries):
    (group,) = add("a")
    with django_assert_num_queries(2):
        assert [list(row.permissions.all()) for row in with_permissions()] == [[]]
    permission = Permission.objects.first()
    group.permissions.add(permission)
    with django_assert_num_queries(2):
        assert [list(row.permissions.all()) for row in with_permissions()] == [[permission]]


@pytest.mark.django_db
def test_what_is_not_compared_as_it_is_is_written_down_each_time_and_right_all_the_same():
    first, *_others = add("ab", "ac", "b")
    assert [row.name for row in not_as_it_is(beginning="a", least=first.pk * 2)] == ["ab", "ac"]
    assert [row.name for row in not_as_it_is(beginning="ac", least=1)] == ["ac"]
    assert [row.name for row in not_as_it_is(beginning="b", least=1)] == ["b"]
    assert BUILT.count("not as it is") >= 5, "twice to try, and once for each answer"


@pytest.mark.django_db
def test_a_query_that_holds_nothing_for_the_stand_in_still_holds_what_it_holds():
    permission = Permission.objects.first()
    assert permission in never_below_nought(code=permission.content_type_id)
    assert never_below_nought(code=-1) == []


@pytest.mark.django_db
def test_an_empty_query_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert none() == []


@pytest.mark.django_db
def test_it_is_asked_on_the_connection_of_the_thread_that_asks():
    rows(name="a", order="pk")
    with CaptureQueriesContext(connection) as here:
        thread = threading.Thread(target=lambda: (rows(name="b", order="pk"), connection.close()))
        thread.start()
        thread.join()
    assert len(here) == 0, "the other thread has a connection of its own"
    with CaptureQueriesContext(connection) as here:
        rows(name="b", order="pk")
    assert len(here) == 1


def test_a_value_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="name"):
        rows(name=["a"], order="pk")
