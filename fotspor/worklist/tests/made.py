"""Wanted and typed tasks for the tests."""

from datetime import timedelta

from django.db import transaction

from fotspor.pathways.tests.world import AT, TODAY
from fotspor.worklist import actions
from fotspor.worklist.rules import Urgency, Wanted


def day(number):
    return TODAY + timedelta(days=number)


def wanted(ref="x:1", **values):
    chosen = {
        "title": "Home visit", "rule": "Because.", "rule_version": "1", "facts": {}, "opens_on": day(0),
        "due_on": day(2), "closes_on": day(5), "urgency": Urgency.WINDOW,
    }  # fmt: skip
    return Wanted(ref=ref, **chosen | values)


def reconcile(world, *wants, scope="x:", at=AT, **more):
    with transaction.atomic():
        actions.reconcile(
            source="contact", scope=scope, wanted=wants, by=world.nurse, at=at, end_reason="Not any more.", **more
        )


def typed(world, person, by=None, **values):
    chosen = {"kind": "call", "note": "Ring om time", "due_on": day(2)} | values
    return actions.type_task(person=person, by=by or world.nurse, at=AT, **chosen)
