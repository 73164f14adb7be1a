"""Whether a new installation waits for its first administrator."""

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from fotspor.services.models import Membership, SetupCode
from fotspor.services.rules import setup_codes


def has_administrator(*, on: date) -> bool:
    """Does anybody keep this installation, now or later? Somebody who is invited counts."""
    posts = Membership.objects.filter(Q(until_on=None) | Q(until_on__gt=on), role="administrator")
    return posts.filter(staff__left_on=None).exists()


def open_setup_code(*, at: datetime, lock: bool = False) -> SetupCode | None:
    """Which code can be used now? None when there is none, when it is too old, and when somebody keeps this already."""
    codes = SetupCode.objects.filter(is_void=False, used_at=None, made_at__gt=setup_codes.made_after(at))
    found = (codes.select_for_update() if lock else codes).first()
    return None if found is None or has_administrator(on=timezone.localdate(at)) else found
