"""Screens of access, and the guards that every view in the house carries."""

from fotspor.access.views.consents import consent_withdraw, consents
from fotspor.access.views.emergencies import break_glass, emergencies, emergency_second
from fotspor.access.views.guards import freshly_signed_in, needs, open_to_all
from fotspor.access.views.log import roles, who_has_looked, who_has_looked_print
from fotspor.access.views.looks import note_look
from fotspor.access.views.open_forms import edits, saved_by

__all__ = [
    "break_glass",
    "consent_withdraw",
    "consents",
    "edits",
    "emergencies",
    "emergency_second",
    "freshly_signed_in",
    "needs",
    "note_look",
    "open_to_all",
    "roles",
    "saved_by",
    "who_has_looked",
    "who_has_looked_print",
]
