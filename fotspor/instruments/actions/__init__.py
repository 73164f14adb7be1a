"""Filling in, signing and correcting forms, and answering what their results demand."""

from fotspor.instruments.actions.approvals import NotApproved, approve
from fotspor.instruments.actions.beginning import AlreadyBegun, answer_as_parent, begin
from fotspor.instruments.actions.duties import (
    AlreadyAnswered,
    SeenByTheSame,
    StillStands,
    confirm_as_leader,
    confirm_withdrawal,
    withdraw_alert,
)
from fotspor.instruments.actions.imports import ImportReport, Refusal, import_responses
from fotspor.instruments.actions.letters import print_letter
from fotspor.instruments.actions.news import respond_to
from fotspor.instruments.actions.outcomes import OutcomeIncomplete, record_outcome, take_back
from fotspor.instruments.actions.responses import (
    BadAnswers,
    NothingChanged,
    ReasonMissing,
    correct,
    print_sheet,
    save_draft,
    sign,
    start_routine,
    withdraw,
)
from fotspor.instruments.actions.routine import reconcile
from fotspor.instruments.actions.summaries import release_summary, withdraw_summary
from fotspor.instruments.models import Locked

__all__ = [
    "AlreadyAnswered",
    "AlreadyBegun",
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
    "confirm_as_leader",
    "confirm_withdrawal",
    "correct",
    "import_responses",
    "print_letter",
    "print_sheet",
    "reconcile",
    "record_outcome",
    "release_summary",
    "respond_to",
    "save_draft",
    "sign",
    "start_routine",
    "take_back",
    "withdraw",
    "withdraw_alert",
    "withdraw_summary",
]
