"""How often one person may ask, in one place. Whoever works meets none of it; what asks by itself does.

`pages` is counted by each worker for itself, in memory, so that a page costs no question more. The others are counted
together for all workers, by django-allauth, in the table of the cache. docs/reference/security-limits.md says them all.
"""

import os

RATES = {  # so many, in so many seconds
    "pages": (300, 60),
    "search": (60, 60),
    "number": (30, 600),
    "figures": (30, 60),
    "files": (20, 600),
    "prints": (60, 600),
    "taking_in": (20, 600),
}
OPENED = frozenset({"search", "figures", "files", "prints"})  # to open it is to do it; of others what is sent counts

# Which addresses are heavy for everybody else, or tell most in one go.
RATED = {
    "desk:search_found": "search",
    "people:take_in": "number",
    "people:person_new": "number",
    "people:guardian_new": "number",
    "pathways:pregnancy_new": "number",
    "access:break_glass": "number",
    "desk:figures": "figures",
    "instruments:distribution": "figures",
    "access:reviews": "figures",
    "access:review_list": "figures",
    "access:processing": "figures",
    "desk:people_file": "files",
    "desk:unit_file": "files",
    "desk:figures_file": "files",
    "access:who_has_looked_file": "files",
    "desk:day_print": "prints",
    "desk:child_print": "prints",
    "access:who_has_looked_print": "prints",
    "instruments:response_print": "prints",
    "instruments:letter_print": "prints",
    "services:recovery_codes_print": "prints",
    "services:staff_import": "taking_in",
    "services:staff_import_apply": "taking_in",
    "pathways:register_import_apply": "taking_in",
}

# Whoever is stopped can still lock the screen, sign out, and keep what is typed. No person stands in any of them.
NEVER = frozenset(
    {
        "account_logout",
        "services:lock",
        "services:locked",
        "services:unlock_by_passkey",
        "services:session_left",
        "services:session_stay",
        "services:draft_keep",
    }
)


def rates(*, may_be_off: bool) -> dict[str, tuple[int, int]]:
    """The rates in force. FOTSPOR_RATES=off is for tests, which ask as fast as they can; production hears none."""
    return {} if may_be_off and os.environ.get("FOTSPOR_RATES") == "off" else dict(RATES)
