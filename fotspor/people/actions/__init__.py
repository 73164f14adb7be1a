"""Everything that is written about people and journeys."""

from fotspor.people.actions.corrections import correct_birth, correct_due
from fotspor.people.actions.deaths import NotDead, StillPregnant, record_death, take_back_death
from fotspor.people.actions.guardians import (
    AlreadyGuardian,
    NewGuardian,
    NotGuardian,
    add_guardian,
    adopt,
    end_guardian,
    register_child,
)
from fotspor.people.actions.journeys import AlreadyClosed, HasJourney, close_journey, open_child_journey, reopen_journey
from fotspor.people.actions.merging import CannotMerge, LeftBehind, merge_people
from fotspor.people.actions.moves import HasDied, Home, NotMoved, record_move, take_back_move
from fotspor.people.actions.persons import (
    AlreadyRegistered,
    BadPeriod,
    LikelyDuplicate,
    NobodyFound,
    NotTakenIn,
    OwnRecord,
    change_person,
    look_up,
    note_what_was_shown,
    register_person,
    take_in,
)
from fotspor.people.actions.pregnancies import (
    AlreadyExpecting,
    BadDate,
    ImplausibleMother,
    NoOneBorn,
    NotExpecting,
    NotRegisteredFemale,
    record_birth,
    record_loss,
    register_pregnancy,
)
from fotspor.people.queries import BadNumber, NotAllowed
from fotspor.people.rules import Newborn

__all__ = [
    "AlreadyClosed",
    "AlreadyExpecting",
    "AlreadyGuardian",
    "AlreadyRegistered",
    "BadDate",
    "BadNumber",
    "BadPeriod",
    "CannotMerge",
    "HasDied",
    "HasJourney",
    "Home",
    "ImplausibleMother",
    "LeftBehind",
    "LikelyDuplicate",
    "NewGuardian",
    "Newborn",
    "NoOneBorn",
    "NobodyFound",
    "NotAllowed",
    "NotDead",
    "NotExpecting",
    "NotGuardian",
    "NotMoved",
    "NotRegisteredFemale",
    "NotTakenIn",
    "OwnRecord",
    "StillPregnant",
    "add_guardian",
    "adopt",
    "change_person",
    "close_journey",
    "correct_birth",
    "correct_due",
    "end_guardian",
    "look_up",
    "merge_people",
    "note_what_was_shown",
    "open_child_journey",
    "record_birth",
    "record_death",
    "record_loss",
    "record_move",
    "register_child",
    "register_person",
    "register_pregnancy",
    "reopen_journey",
    "take_back_death",
    "take_back_move",
    "take_in",
]
