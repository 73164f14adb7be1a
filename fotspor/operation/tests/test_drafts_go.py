"""What was typed and not saved is gone after a day, also when nobody signs in."""

from datetime import timedelta

import pytest

from fotspor.access.rules import SYSTEM
from fotspor.kit.models import Draft
from fotspor.operation import actions
from fotspor.services.tests.builders import AT, make_staff

pytestmark = pytest.mark.django_db


def test_the_hourly_look_clears_what_is_a_day_old():
    who = make_staff("Rolig Dal")
    for hours in (23, 24, 30):
        Draft.objects.create(user=who, post="p", place=str(hours), content="{}", kept_at=AT - timedelta(hours=hours))
    actions.watch(by=SYSTEM, at=AT)
    assert [draft.place for draft in Draft.objects.all()] == ["23"]
