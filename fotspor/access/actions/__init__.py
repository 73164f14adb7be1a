"""Changes to who may see whom, and the log of who has."""

from fotspor.access.actions.audit import (
    READ,
    line,
    lock_log,
    log,
    log_export_of_log,
    log_list,
    log_look_at_log,
    log_print_of_log,
    log_read,
)
from fotspor.access.actions.consents import (
    AlreadyConsented,
    AlreadyWithdrawn,
    CannotConsent,
    ConsentIncomplete,
    ImpossibleDay,
    PurposeTellsOfAnswers,
    give_consent,
    withdraw_consent,
)
from fotspor.access.actions.emergencies import (
    REASON_LENGTH,
    AlreadyVisible,
    CannotSecond,
    OwnRecord,
    ReasonTooShort,
    break_glass,
    second_emergency,
)
from fotspor.access.actions.keys import rotate_keys
from fotspor.access.actions.news import respond_to
from fotspor.access.actions.open_forms import note_form_left, note_form_open
from fotspor.access.actions.relations import (
    MayNotName,
    end_relations,
    name_in_kindergarten,
    name_staff,
    open_relation,
)
from fotspor.access.actions.reviews import OwnLooks, WordsNeeded, review_looks
from fotspor.access.actions.seals import seal_log

__all__ = [
    "READ",
    "REASON_LENGTH",
    "AlreadyConsented",
    "AlreadyVisible",
    "AlreadyWithdrawn",
    "CannotConsent",
    "CannotSecond",
    "ConsentIncomplete",
    "ImpossibleDay",
    "MayNotName",
    "OwnLooks",
    "OwnRecord",
    "PurposeTellsOfAnswers",
    "ReasonTooShort",
    "WordsNeeded",
    "break_glass",
    "end_relations",
    "give_consent",
    "line",
    "lock_log",
    "log",
    "log_export_of_log",
    "log_list",
    "log_look_at_log",
    "log_print_of_log",
    "log_read",
    "name_in_kindergarten",
    "name_staff",
    "note_form_left",
    "note_form_open",
    "open_relation",
    "respond_to",
    "review_looks",
    "rotate_keys",
    "seal_log",
    "second_emergency",
    "withdraw_consent",
]
