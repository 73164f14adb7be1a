"""The one thing a worklist shows. Dates are stored, never states: a state is a function of today."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from fotspor.kit.encryption import EncryptedTextField
from fotspor.kit.models import Addressed, Holds, Retention
from fotspor.worklist.rules import Urgency

# From which day a worklist shows it: when its window opens, or when it is booked before that.
SHOWN_ON = Least("opens_on", Coalesce("booked_on", "opens_on"))


class TaskQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_on=None, ended_on=None)

    def visible_from(self, today):
        """Open tasks whose window has opened, or that are booked: what a worklist shows."""
        return self.open().filter(LessThanOrEqual(SHOWN_ON, today))

    def overdue(self, today):
        """The set form of `rules.is_overdue`."""
        return self.open().filter(closes_on__lt=today)


class Task(Addressed):
    """What someone must do, by when, and why. Derived from facts by the slice named in `source`, except typed ones."""

    class Source(models.TextChoices):
        CONTACT = "contact", _("Expected contact")
        ABSENCE = "absence", _("After a missed appointment")
        ROUTINE = "routine", _("Answer to a result")
        BATON = "baton", _("Baton")
        STOP = "stop", _("Stop outside the municipality")
        UNASSIGNED = "unassigned", _("Nobody holds it")
        EMERGENCY = "emergency", _("Emergency access")
        LOSS = "loss", _("After a loss")
        REGISTER = "register", _("Population register")
        PLAN = "plan", _("The plan")
        OPERATION = "operation", _("The installation")
        TYPED = "typed", _("Written by a colleague")

    holds = Holds(
        Retention.ARCHIVE,
        special=["journey", "person", "title", "facts", "rule", "source", "ref", "subject_key", "urgency", "note"],
        organisational=[
            "unit",
            "staff",
            "opens_on",
            "due_on",
            "closes_on",
            "due_before",
            "rule_version",
            "booked_on",
            "booked_time",
            "for_leader",
        ],
        technical=[
            "id",
            "key",
            "done_on",
            "done_by",
            "ended_on",
            "end_reason",
            "derived_at",
            "taken_at",
            "taken_by",
            "risk",
        ],
    )

    source = models.CharField(max_length=12, choices=Source)
    ref = models.CharField(max_length=80)  # unique within its source while open: "step:KEY", "response:KEY:safety"
    subject_key = models.CharField(max_length=16, blank=True)  # key of the object the action opens
    journey = models.ForeignKey("people.Journey", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")  # whom it is about
    unit = models.ForeignKey("services.Unit", models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=200)  # message id, rendered in the viewer's language
    rule = models.CharField(max_length=200)  # message id of the explanation
    rule_version = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict)  # what the explanation fills in, filtered by the viewer's access
    urgency = models.PositiveSmallIntegerField(choices=[(u.value, u.name) for u in Urgency], default=Urgency.WINDOW)
    note = EncryptedTextField(null=True)  # what a colleague wrote; derived tasks have none
    for_leader = models.BooleanField(default=False)  # on the unit leader's list, and nobody else's
    booked_on = models.DateField(null=True)  # the appointment, for «Avtaler i dag»
    booked_time = models.TimeField(null=True)
    risk = models.PositiveSmallIntegerField(default=1)  # weight of a day past the deadline
    opens_on = models.DateField()
    due_on = models.DateField()
    closes_on = models.DateField()  # last day that is not late; a plain deadline has closes_on = due_on
    due_before = models.TimeField(null=True)  # the same day, before this time
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)  # message id
    derived_at = models.DateTimeField()
    # When and by whom it was last taken, done or ended: what a colleague who still has it on the screen is told.
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "source", "ref", condition=Q(done_on=None, ended_on=None), name="task_one_open_per_ref"
            ),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on")) & Q(due_on__lte=F("closes_on")), name="task_window_is_forward"
            ),
            models.CheckConstraint(condition=Q(done_on=None) | Q(ended_on=None), name="task_done_or_ended"),
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None) | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="task_taken_is_a_pair",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "closes_on"], condition=Q(done_on=None, ended_on=None), name="task_open_by_unit"
            ),
            # Most of what a unit has open is years ahead: a list reads the days that have come, and no more.
            models.Index("unit", SHOWN_ON, condition=Q(done_on=None, ended_on=None), name="task_shown_by_unit"),
            models.Index(
                fields=["unit"], condition=Q(done_on=None, ended_on=None, for_leader=True), name="task_open_of_leader"
            ),
            models.Index(fields=["journey", "opens_on"], name="task_by_journey"),
            # Where everybody stands is counted from this index alone, without the tasks (`pathways.queries.ledger`).
            models.Index(
                fields=["journey", "opens_on", "closes_on", "booked_on"],
                condition=Q(done_on=None, ended_on=None, for_leader=False),
                name="task_open_by_journey",
            ),
            models.Index(fields=["taken_at"], condition=Q(taken_at__isnull=False), name="task_by_taken"),
            models.Index(
                fields=["staff", "closes_on"], condition=Q(done_on=None, ended_on=None), name="task_open_by_staff"
            ),
        ]
