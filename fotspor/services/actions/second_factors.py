"""The secrets of second factors under a new key: they stand in the library's own table, encrypted by our adapter."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from fotspor.access.actions import log
from fotspor.access.rules import Viewer
from fotspor.kit import encryption

SECRET = ("secret", "seed")  # of the codes from an app, of the recovery codes


def rotate_second_factors(*, by: Viewer, at: datetime) -> int:
    """Write every second factor's secret under the first key; how many were under another? Safe to repeat."""
    changed = sum(_rotate(pk) for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True))
    log(type="services.second_factors.rotated", by=by, at=at, count=changed)
    return changed


@transaction.atomic
def _rotate(pk: int) -> bool:
    """One at a time, locked: somebody may be using a recovery code in this moment."""
    factor = Authenticator.objects.select_for_update().get(pk=pk)
    old = {
        name: factor.data[name]
        for name in SECRET
        if name in factor.data and not encryption.is_under_first_key(factor.data[name].encode())
    }
    if old:
        factor.data |= {name: encryption.under_first_key(text.encode()).decode() for name, text in old.items()}
        factor.save(update_fields=["data"])
    return bool(old)
