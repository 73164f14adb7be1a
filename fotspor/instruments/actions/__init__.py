"""Filling in, signing and correcting forms, and answering what their results demand."""

from fotspor.instruments.actions.approvals import NotApproved, approve
from fotspor.instruments.actions.duties import (
    AlreadyAnswered,
    OutcomeIncomplete,
    SeenByTheSame,
    StillStands,
    confirm_withdrawal,
    record_outcome,
    withdraw_alert,
)
from fotspor.instruments.actions.imports import ImportReport, Refusal, import_responses
from fotspor.instruments.actions.news import respond_to
from fotspor.instruments.actions.responses import (
    BadAnswers,
    NothingChanged,
    ReasonMissing,
    answer_as_parent,
    begin,
    correct,
    print_sheet,
    save_draft,
    sign,
    withdraw,
)
from fotspor.instruments.actions.routine import reconcile
from fotspor.instruments.actions.summaries import release_summary, withdraw_summary
from fotspor.instruments.models import Locked

__all__ = [
    "AlreadyAnswered",
    "BadAnswers",
    "ImportReport",
    "Locked",
    "NotApproved",
    "NothingChanged",
    "OutcomeIncomplete",
    "ReasonMissing",
    "Refusal",
    "SeenByTheSame",
    "StillStands",
    "answer_as_parent",
    "approve",
    "begin",
    "confirm_withdrawal",
    "correct",
    "import_responses",
    "print_sheet",
    "reconcile",
    "record_outcome",
    "release_summary",
    "respond_to",
    "save_draft",
    "sign",
    "withdraw",
    "withdraw_alert",
    "withdraw_summary",
]
