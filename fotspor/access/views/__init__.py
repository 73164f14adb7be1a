"""Screens of access, and the guards that every view in the house carries."""

from fotspor.access.views.consents import consent_withdraw, consents
from fotspor.access.views.emergencies import break_glass, emergencies, emergency_second
from fotspor.access.views.guards import freshly_signed_in, needs, open_to_all
from fotspor.access.views.log import roles, who_has_looked, who_has_looked_print
from fotspor.access.views.looks import note_look
from fotspor.access.views.officer import processing, who_has_looked_file
from fotspor.access.views.open_forms import edits, saved_by
from fotspor.access.views.reviews import look_review, review_list, reviews

__all__ = [
    "break_glass",
    "consent_withdraw",
    "consents",
    "edits",
    "emergencies",
    "emergency_second",
    "freshly_signed_in",
    "look_review",
    "needs",
    "note_look",
    "open_to_all",
    "processing",
    "review_list",
    "reviews",
    "roles",
    "saved_by",
    "who_has_looked",
    "who_has_looked_file",
    "who_has_looked_print",
]
