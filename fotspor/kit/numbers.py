"""Reading an identity number that somebody typed: which one is it, and may it stand in this installation?"""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from fotspor.kit.errors import Refused
from fotspor.kit.identifiers import BadIdentifier, Fault, Identifier, acceptable, parse

FAULTS = {
    Fault.LENGTH: _("An identity number has eleven digits."),
    Fault.DATE: _("The first six digits are no date of an identity number."),
    Fault.CONTROL: _("The number is not right: a digit may be wrong, or two changed about."),
}


class BadNumber(Refused):
    """The number is not one, or not of a person who may stand here."""


def read_number(text: str) -> Identifier | None:
    """Which number was typed? None when nothing was. Errors: BadNumber, also for one this installation may not hold."""
    if not text.strip():
        return None
    try:
        identifier = parse(text)
    except BadIdentifier as error:
        raise BadNumber(FAULTS[error.fault]) from None
    if not acceptable(identifier, production=settings.IS_PRODUCTION):
        if settings.IS_PRODUCTION:
            raise BadNumber(_("This is the number of a synthetic test person. It cannot be used here."))
        raise BadNumber(_("This is practice. Only numbers of synthetic people are accepted here."))
    return identifier
