"""A municipality's yes to a definition, as its file stands."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Viewer
from fotspor.instruments import queries
from fotspor.instruments.models import Approval
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce


class NotApproved(Refused):
    """The definition may not be used in earnest before somebody has approved it."""


class ChangedSince(Refused):
    """The definition is another than the one that was read."""


@transaction.atomic
def approve(*, kind: str, slug: str, digest: str, by: Viewer, at: datetime) -> Approval:
    """Approve the definition that was read: its version and the digest of its text. The same one twice is one.

    What waited for it goes on: the slices above are told.
    Errors  ChangedSince when the file has changed since the page was opened; NotVisible for those who approve nothing.
    """
    page = queries.definition_page(viewer=by, kind=kind, slug=slug)
    if by.staff_id is None:
        raise NotVisible
    if digest != page.digest:
        raise ChangedSince(_("The definition has changed since you opened the page. Read it again. Nothing was saved."))
    approval, _is_new = Approval.objects.get_or_create(
        kind=kind,
        slug=slug,
        version=page.definition.version,
        digest=digest,
        is_practice=not settings.IS_PRODUCTION,
        defaults={"approved_at": at, "approved_by_id": by.staff_id},
    )
    access.log(
        type="instruments.definition.approved",
        by=by,
        at=at,
        object=f"instruments.definition:{kind}:{slug}",
        version=approval.version,
        digest=digest,
        is_practice=approval.is_practice,
    )
    facts = {"kind": kind, "slug": slug, "version": approval.version}
    announce(Fact(Kind.DEFINITION_APPROVED, at=at, by_id=by.staff_id, facts=facts))
    return approval


def _require_approved(slug: str) -> None:
    if not queries.may_be_used(slug):
        raise NotApproved(_("The form is not approved for use here yet. A leader or an administrator approves it."))
