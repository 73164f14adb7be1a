"""A query compiled once: the text is kept, never an answer."""

import pytest
from django.contrib.auth.models import Group

from fotspor.kit.subqueries import NOBODY, compiled_once

BUILT = []


@compiled_once
def named(*, beginning):
    BUILT.append(beginning)
    return Group.objects.filter(name__startswith=beginning).values("pk")


@compiled_once
def nobody():
    return Group.objects.none().values("pk")


def add(key):
    Group.objects.create(name=key)


def names(ids):
    return sorted(Group.objects.filter(pk__in=ids).values_list("name", flat=True))


@pytest.mark.django_db
def test_the_answer_is_asked_for_each_time_and_the_text_made_once():
    add("once1")
    assert names(named(beginning="once")) == ["once1"]
    add("once2")
    add("b%s'1")
    assert names(named(beginning="once")) == ["once1", "once2"]
    assert names(named(beginning="b%s'")) == ["b%s'1"], "what is asked for never becomes part of the text"
    assert BUILT.count("once") == 1


@pytest.mark.django_db
def test_it_works_left_out_of_a_set_too():
    add("ab1")
    add("c1")
    assert sorted(Group.objects.exclude(pk__in=named(beginning="ab")).values_list("name", flat=True)) == ["c1"]


@pytest.mark.django_db
def test_an_empty_set_holds_nobody_and_leaves_out_nobody(django_assert_num_queries):
    add("ab1")
    with django_assert_num_queries(0):
        ids = nobody()
    assert ids.sql == NOBODY
    assert names(ids) == []
    assert Group.objects.exclude(pk__in=ids).count() == 1
