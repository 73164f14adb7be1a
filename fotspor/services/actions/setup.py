"""The first administrator of a new installation: by a code that is printed on the server, or by a command there."""

import secrets
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.rules import SYSTEM, Permission, Viewer
from fotspor.kit.errors import Refused
from fotspor.services import queries, rules
from fotspor.services.actions.permission import _require
from fotspor.services.actions.posts import add_membership
from fotspor.services.actions.staff import _check_password, register_staff
from fotspor.services.actions.units import change_municipality, create_municipality, create_unit
from fotspor.services.models import SetupCode, Staff, Unit
from fotspor.services.rules import setup_codes

OFFICE = "Administrasjonen"
NO_CODE = "0" * 64  # compared with when no code is open, so that the answer takes as long


class AdministratorExists(Refused):
    def __init__(self):
        super().__init__(_("There is an administrator already. `fotspor user` makes another one."))


class CodeNotValid(Refused):
    """Unknown, used, void or too old: the answer is the same."""

    field = "code"

    def __init__(self):
        super().__init__(_("The code cannot be used. Look at each letter, or run `fotspor setup` for a new one."))


class TooManyTries(Refused):
    field = "code"

    def __init__(self):
        super().__init__(_("Too many tries. Wait five minutes."))


class MunicipalityMissing(Refused):
    field = "municipality"

    def __init__(self):
        super().__init__(_("Say what the municipality is called."))


@transaction.atomic
def make_setup_code(*, by: Viewer, at: datetime) -> str:
    """Make the code that opens the first page. Those made before stop working.

    Shape   the code exists only here: the database keeps a digest.
    Errors  NotAllowed; AdministratorExists.
    """
    _require(by, Permission.MANAGE_STAFF)
    if queries.has_administrator(on=timezone.localdate(at)):
        raise AdministratorExists
    SetupCode.objects.filter(is_void=False, used_at=None).update(is_void=True)
    code = setup_codes.new_code(secrets.choice)
    SetupCode.objects.create(digest=_digest(code), made_at=at, made_by_id=by.staff_id)
    log(type="services.setup.code_made", by=by, at=at)
    return code


@transaction.atomic
def set_up(*, code: str, municipality: str, number: str, who: rules.Newcomer, password: str, at: datetime) -> Staff:
    """Make the municipality, its administration and the first administrator, who can sign in at once.

    Errors  CodeNotValid; EmailTaken; PasswordTooWeak.
    """
    found = queries.open_setup_code(at=at, lock=True)
    is_right = secrets.compare_digest(found.digest if found else NO_CODE, _digest(code))
    if found is None or not is_right:
        raise CodeNotValid
    unit = found_municipality(municipality=municipality, number=number, by=SYSTEM, at=at)
    staff = register_staff(who=who, by=SYSTEM, at=at)
    _check_password(password, staff)
    staff.set_password(password)
    staff.save(update_fields=["password"])
    on = timezone.localdate(at)
    add_membership(staff=staff, unit=unit, role="administrator", from_on=on, by=SYSTEM, at=at)
    found.used_at, found.used_by = at, staff
    found.save(update_fields=["used_at", "used_by"])
    by = queries.themselves(staff=staff)
    log(type="services.setup.done", by=by, at=at, object=f"services.staff:{staff.key}")
    return staff


@transaction.atomic
def note_wrong_setup_code(*, at: datetime) -> None:
    """Somebody wrote a code that is not the one. After so many tries it is void, whoever wrote them."""
    found = queries.open_setup_code(at=at, lock=True)
    if found is not None:
        found.wrong_tries = F("wrong_tries") + 1
        found.save(update_fields=["wrong_tries"])
        found.refresh_from_db()
        found.is_void = setup_codes.is_worn(found.wrong_tries)
        found.save(update_fields=["is_void"])
    log(type="services.setup.refused", by=SYSTEM, at=at)


@transaction.atomic
def found_municipality(*, municipality: str, number: str, by: Viewer, at: datetime) -> Unit:
    """Make the municipality and its administration where they are missing; a number that is known now is written.

    Shape   the unit of the administration.
    Errors  NotAllowed; MunicipalityMissing without a name for one that is not there.
    """
    stands = queries.municipality()
    if stands is None and not municipality:
        raise MunicipalityMissing
    if stands is None:
        create_municipality(name=municipality, number=number, by=by, at=at)
    elif municipality:
        values = {"name": municipality, "number": number}
        change_municipality(municipality=stands, version=stands.version, values=values, by=by, at=at)
    on = timezone.localdate(at)
    details = rules.UnitDetails(name=OFFICE)
    return queries.administration(on=on) or create_unit(
        kind=Unit.Kind.ADMINISTRATION, details=details, from_on=on, by=by, at=at
    )


def _digest(code: str) -> str:
    return sha256(setup_codes.letters_of(code).encode()).hexdigest()
