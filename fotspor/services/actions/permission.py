"""The refusals that the actions here share."""

from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import Permission, Viewer
from fotspor.kit.errors import Refused
from fotspor.services import rules


class NotAllowed(Refused):
    """The post does not have the permission."""

    def __init__(self):
        super().__init__(_("Your post does not allow this. Nothing was saved."))


class NotOneself(Refused):
    """Somebody else must do it, or one could open any door for oneself."""

    def __init__(self):
        super().__init__(_("Another administrator must do this for you."))


def _require(by: Viewer, permission: Permission) -> None:
    """May they? Errors: NotAllowed."""
    if not rules.may(by, permission):
        raise NotAllowed
