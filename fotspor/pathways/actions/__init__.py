"""What is done along a pathway: open and plan journeys, book and record contacts, pass the baton on."""

from fotspor.pathways.actions.absences import NOT_KNOWN, answer_absence, mark_absent, take_back_absence
from fotspor.pathways.actions.closing import NeedsReason, NotTheLeader, close_by_mistake, note_closing, undo_closing
from fotspor.pathways.actions.concerns import OpenConcern
from fotspor.pathways.actions.contacts import (
    CannotRecord,
    MustBeAnswered,
    NeedsConfirmation,
    NotAllowed,
    NotExpected,
    UnitClosed,
    book_contact,
    cancel_booking,
    move_booking,
    record_contact,
    reopen_contact,
)
from fotspor.pathways.actions.deaths import undo_death
from fotspor.pathways.actions.departures import undo_move
from fotspor.pathways.actions.groups import join_group, plan_group, record_attendance
from fotspor.pathways.actions.handovers import (
    accept_handover,
    add_stop,
    assign_unassigned,
    close_baton,
    confirm_baton,
    decline_handover,
    finish_stop,
    hand_over,
    keep_baton,
    open_baton,
    propose_handover,
    redirect_handover,
    send_to_leader,
    withdraw_handover,
)
from fotspor.pathways.actions.journeys import follow, open_journey
from fotspor.pathways.actions.kindergartens import (
    CannotEnrol,
    NoPlace,
    change_kindergarten,
    end_kindergarten,
    enrol_in_kindergarten,
    name_in_kindergarten,
)
from fotspor.pathways.actions.losses import undo_loss
from fotspor.pathways.actions.news import respond_to
from fotspor.pathways.actions.outside import add_contact, record_in_emergency
from fotspor.pathways.actions.planning import PathwayNotApproved, plan_journey, rebuild

__all__ = [
    "NOT_KNOWN",
    "CannotEnrol",
    "CannotRecord",
    "MustBeAnswered",
    "NeedsConfirmation",
    "NeedsReason",
    "NoPlace",
    "NotAllowed",
    "NotExpected",
    "NotTheLeader",
    "OpenConcern",
    "PathwayNotApproved",
    "UnitClosed",
    "accept_handover",
    "add_contact",
    "add_stop",
    "answer_absence",
    "assign_unassigned",
    "book_contact",
    "cancel_booking",
    "change_kindergarten",
    "close_baton",
    "close_by_mistake",
    "confirm_baton",
    "decline_handover",
    "end_kindergarten",
    "enrol_in_kindergarten",
    "finish_stop",
    "follow",
    "hand_over",
    "join_group",
    "keep_baton",
    "mark_absent",
    "move_booking",
    "name_in_kindergarten",
    "note_closing",
    "open_baton",
    "open_journey",
    "plan_group",
    "plan_journey",
    "propose_handover",
    "rebuild",
    "record_attendance",
    "record_contact",
    "record_in_emergency",
    "redirect_handover",
    "reopen_contact",
    "respond_to",
    "send_to_leader",
    "take_back_absence",
    "undo_closing",
    "undo_death",
    "undo_loss",
    "undo_move",
    "withdraw_handover",
]
