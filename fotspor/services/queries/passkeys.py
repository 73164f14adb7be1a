"""Which passkeys has somebody, by the names she gave them?"""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from fotspor.services.models import Staff


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey, as its owner sees it."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


def passkeys_of(*, staff: Staff) -> list[Passkey]:
    """Which passkeys can this person sign in with? The oldest first."""
    found = Authenticator.objects.filter(user=staff, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    return [Passkey(row.pk, row.wrap().name, row.created_at, row.last_used_at) for row in found]
