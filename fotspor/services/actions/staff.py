"""Who may sign in: invited by a one-time link, reset when identity is checked, and gone at once."""

import secrets
from datetime import datetime
from hashlib import sha256

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.rules import Permission, Viewer
from fotspor.kit.encryption import blind_index
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.kit.numbers import read_number
from fotspor.services import queries, rules
from fotspor.services.actions.permission import NotOneself, _require
from fotspor.services.actions.posts import _end_posts, add_membership
from fotspor.services.models import Invitation, Membership, Staff, Unit


class EmailTaken(Refused):
    def __init__(self):
        super().__init__(_("Somebody with this e-mail address is already registered."))


class HasLeft(Refused):
    def __init__(self):
        super().__init__(_("This person has left, and cannot be given access again. Invite them anew."))


class AlreadySignedIn(Refused):
    def __init__(self):
        super().__init__(_("This person has a password. Use a reset, and say how identity was checked."))


class IdentityNotChecked(Refused):
    def __init__(self):
        super().__init__(_("Say how you made sure who it is, in a few words. It stands in the log."))


class InvitationNotValid(Refused):
    def __init__(self):
        super().__init__(_("The link has been used or has run out. Ask an administrator for a new one."))


class PasswordTooWeak(Refused):
    """The password does not meet the rules; `message` says each of them."""

    field = "password"


@transaction.atomic
def register_staff(*, who: rules.Newcomer, by: Viewer, at: datetime) -> Staff:
    """Register somebody who works here, with no way in yet.

    Errors  NotAllowed; EmailTaken; BadNumber.
    """
    _require(by, Permission.MANAGE_STAFF)
    email = who.email.strip().lower()
    if Staff.objects.filter(email=email).exists():
        raise EmailTaken
    staff = Staff(email=email, given_name=who.given_name, family_name=who.family_name, title=who.title)
    staff.language, staff.identity_index = who.language, _identity_index(who.identity_number)
    staff.set_unusable_password()
    staff.save()
    log(type="services.staff.registered", by=by, at=at, object=f"services.staff:{staff.key}")
    return staff


@transaction.atomic
def invite_staff(
    *, who: rules.Newcomer, unit: Unit | None = None, role: str = "", by: Viewer, at: datetime
) -> tuple[Invitation, str]:
    """Register somebody, give them a post from today, and make the link they choose a password by.

    Shape   the invitation, and the token of the link: it exists only here, the database keeps a digest.
    Errors  NotAllowed; EmailTaken; BadNumber; those of add_membership.
    """
    staff = register_staff(who=who, by=by, at=at)
    if unit is not None:
        add_membership(staff=staff, unit=unit, role=role, from_on=timezone.localdate(at), by=by, at=at)
    invitation, token = _new_link(staff, by=by, at=at)
    log(type="services.staff.invited", by=by, at=at, object=f"services.staff:{staff.key}")
    return invitation, token


@transaction.atomic
def invite_again(*, staff: Staff, by: Viewer, at: datetime) -> tuple[Invitation, str]:
    """Make a new link for somebody who never used theirs. The old one stops working.

    Errors  NotAllowed; HasLeft; AlreadySignedIn for somebody with a password: that is a reset.
    """
    _require(by, Permission.MANAGE_STAFF)
    if staff.left_on:
        raise HasLeft
    if staff.has_usable_password():
        raise AlreadySignedIn
    invitation, token = _new_link(staff, by=by, at=at)
    log(type="services.staff.invited", by=by, at=at, object=f"services.staff:{staff.key}")
    return invitation, token


@transaction.atomic
def accept_invitation(*, token: str, password: str, at: datetime) -> Staff:
    """Choose a password by a one-time link. TOTP is set up at the first sign-in.

    Errors  InvitationNotValid for an unknown, used or old link; PasswordTooWeak.
    """
    invitation = queries.invitation_by_token(token=token, on=timezone.localdate(at))
    if invitation is None:
        raise InvitationNotValid
    staff = invitation.staff
    _check_password(password, staff)
    # Only one of two browsers with the same link gets through.
    if not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=at, used_by=staff):
        raise InvitationNotValid
    staff.set_password(password)
    staff.is_active = True
    staff.save(update_fields=["password", "is_active"])
    by = queries.themselves(staff=staff)
    log(type="services.staff.accepted", by=by, at=at, object=f"services.staff:{staff.key}")
    return staff


@transaction.atomic
def reset_access(*, staff: Staff, identity_checked_how: str, by: Viewer, at: datetime) -> tuple[Invitation, str]:
    """Let somebody who lost password or phone start again: sessions end, the second factor goes, a new link is made.

    Errors  NotAllowed; NotOneself; HasLeft; IdentityNotChecked without a written account of how it was done.
    """
    _require(by, Permission.MANAGE_STAFF)
    if staff.pk == by.staff_id:
        raise NotOneself
    if staff.left_on:
        raise HasLeft
    how = identity_checked_how.strip()
    if len(how) < rules.IDENTITY_CHECK_LENGTH:
        raise IdentityNotChecked
    _lock_out(staff)
    staff.save(update_fields=["password"])
    invitation, token = _new_link(staff, by=by, at=at, identity_checked_how=how)
    log(type="services.staff.reset", by=by, at=at, object=f"services.staff:{staff.key}", invitation=invitation.key)
    return invitation, token


@transaction.atomic
def change_staff(*, staff: Staff, version: int, who: rules.Newcomer, by: Viewer, at: datetime) -> Staff:
    """Correct a name, title or e-mail address. An identity number given here replaces the digest; none keeps it.

    Errors  NotAllowed; EmailTaken; BadNumber; NotOneself for another number of one's own; Stale when somebody saved
            since `version`.
    """
    _require(by, Permission.MANAGE_STAFF)
    email = who.email.strip().lower()
    if Staff.objects.filter(email=email).exclude(pk=staff.pk).exists():
        raise EmailTaken
    after = {"email": email, "given_name": who.given_name, "family_name": who.family_name, "title": who.title}
    if who.identity_number.strip():
        after["identity_index"] = _identity_index(who.identity_number)
    names = rules.changed({name: getattr(staff, name) for name in after}, after)
    if "identity_index" in names and staff.pk == by.staff_id:
        raise NotOneself
    for name, value in after.items():
        setattr(staff, name, value)
    staff.save_if_unchanged(version, list(after))
    log(type="services.staff.changed", by=by, at=at, object=f"services.staff:{staff.key}", changed=list(names))
    return staff


@transaction.atomic
def leave(*, staff: Staff, by: Viewer, at: datetime) -> Staff:
    """Somebody stops working here: sessions, posts, second factor and open links end now, relations in the same breath.

    Errors  NotAllowed; NotOneself; HasLeft the second time; LastAdministrator.
    """
    _require(by, Permission.MANAGE_STAFF)
    if staff.pk == by.staff_id:
        raise NotOneself
    if staff.left_on:
        raise HasLeft
    on = timezone.localdate(at)
    posts = Membership.objects.filter(staff=staff)
    unit_ids = sorted(set(posts.in_force(on).values_list("unit_id", flat=True)))
    _end_posts(posts, on)
    _lock_out(staff)
    staff.is_active, staff.left_on = False, on
    staff.save(update_fields=["password", "is_active", "left_on"])
    Invitation.objects.filter(staff=staff, used_at=None).update(expires_on=on)
    log(type="services.staff.left", by=by, at=at, object=f"services.staff:{staff.key}")
    facts = {"staff_id": staff.pk, "unit_ids": unit_ids}
    announce(Fact(Kind.STAFF_LEFT, at=at, by_id=by.staff_id, facts=facts))
    return staff


def _check_password(password: str, staff: Staff) -> None:
    """Is it good enough? Errors: PasswordTooWeak."""
    try:
        validate_password(password, staff)
    except ValidationError as error:
        raise PasswordTooWeak(" ".join(error.messages)) from error


def _lock_out(staff: Staff) -> None:
    """Every session carries a digest of the password, so a new unusable one ends them all at the next request."""
    staff.set_unusable_password()
    Authenticator.objects.filter(user=staff).delete()


def _new_link(staff: Staff, *, by: Viewer, at: datetime, identity_checked_how: str = "") -> tuple[Invitation, str]:
    on = timezone.localdate(at)
    Invitation.objects.filter(staff=staff, used_at=None, expires_on__gt=on).update(expires_on=on)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        staff=staff,
        token_digest=sha256(token.encode()).hexdigest(),
        identity_checked_how=identity_checked_how,
        sent_at=at,
        sent_by_id=by.staff_id,
        expires_on=rules.invitation_ends(on),
    )
    return invitation, token


def _identity_index(number: str) -> str:
    identifier = read_number(number)
    return blind_index(identifier.number) if identifier else ""
