"""What should happen and who holds the baton: enrolments, contacts, batons, handovers, stops outside."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fotspor.kit.encryption import EncryptedTextField
from fotspor.kit.models import Addressed, Holds, Retention, Versioned


class Enrolment(models.Model):
    """A journey follows one version of a pathway, from an anchor date."""

    holds = Holds(
        Retention.ARCHIVE,
        special=["journey", "pathway", "anchor_on", "arrived_on", "ended_on", "end_reason"],
        organisational=["pathway_version"],
        technical=["id", "enrolled_on"],
    )

    journey = models.ForeignKey("people.Journey", models.PROTECT, related_name="enrolments")
    pathway = models.CharField(max_length=40)
    pathway_version = models.CharField(max_length=20)  # empty: waits until a version is approved here
    anchor_on = models.DateField()  # due date, or birth
    arrived_on = models.DateField(null=True)  # came on the way: what had closed before this day is not expected
    enrolled_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("journey", "pathway", condition=Q(ended_on=None), name="enrolment_one_open")
        ]


class Group(Addressed):
    """Several families in one appointment."""

    holds = Holds(
        Retention.ARCHIVE,
        organisational=["title", "unit", "held_on", "starts_at_time", "place", "leader"],
        technical=["id", "key", "planned_at", "planned_by"],
    )

    title = models.CharField(max_length=100)
    unit = models.ForeignKey("services.Unit", models.PROTECT, related_name="+")
    held_on = models.DateField()
    starts_at_time = models.TimeField()
    place = models.CharField(max_length=100, blank=True)
    leader = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")


class ContactQuerySet(models.QuerySet):
    def expected(self):
        """Still to be held: no outcome, and not cancelled."""
        return self.filter(outcome="", cancelled_on=None)


class Contact(Addressed, Versioned):
    """One expected meeting: window, booking, outcome. Never deleted: a plan that changes cancels it, saying why."""

    class Outcome(models.TextChoices):
        HELD = "held", _("Held")
        DECLINED = "declined", _("Declined")
        MOVED = "moved", _("Held elsewhere")
        NOT_NEEDED = "not_needed", _("Not needed")

    holds = Holds(
        Retention.ARCHIVE,
        special=[
            "journey",
            "enrolment",
            "step",
            "title",
            "outcome",
            "outcome_on",
            "outcome_reason",
            "note",
            "interpreter_used",
            "late_reason",
        ],
        organisational=[
            "unit",
            "opens_on",
            "due_on",
            "closes_on",
            "booked_on",
            "booked_time",
            "place",
            "booked_staff",
            "group",
            "rule_version",
        ],
        technical=[
            "id",
            "key",
            "version",
            "booked_at",
            "booked_by",
            "recorded_at",
            "recorded_by",
            "cancelled_on",
            "cancel_reason",
        ],
    )

    journey = models.ForeignKey("people.Journey", models.PROTECT, related_name="contacts")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, related_name="contacts")  # none: outside plan
    step = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=100)  # message id
    rule_version = models.CharField(max_length=20, blank=True)
    unit = models.ForeignKey("services.Unit", models.PROTECT, null=True, related_name="+")
    opens_on = models.DateField()
    due_on = models.DateField()
    closes_on = models.DateField()
    booked_on = models.DateField(null=True)
    booked_time = models.TimeField(null=True)  # wall-clock time in Oslo
    place = models.CharField(max_length=100, blank=True)
    booked_staff = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="contacts")
    booked_at = models.DateTimeField(null=True)
    booked_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    outcome_on = models.DateField(null=True)
    outcome_reason = EncryptedTextField(null=True)
    late_reason = EncryptedTextField(null=True)
    note = EncryptedTextField(null=True)
    interpreter_used = models.BooleanField(null=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    cancelled_on = models.DateField(null=True)
    cancel_reason = models.CharField(max_length=200, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "enrolment", "step", condition=Q(cancelled_on=None) & ~Q(step=""), name="contact_once_per_step"
            ),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on")) & Q(due_on__lte=F("closes_on")),
                name="contact_window_is_forward",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_on=None) | (~Q(outcome="") & Q(outcome_on__isnull=False)),
                name="contact_outcome_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(recorded_at=None, recorded_by=None)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False),
                name="contact_recorded_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(booked_at=None, booked_by=None) | Q(booked_at__isnull=False, booked_by__isnull=False),
                name="contact_booked_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(booked_time=None) | Q(booked_on__isnull=False), name="contact_time_has_a_date"
            ),
        ]
        indexes = [models.Index(fields=["unit", "booked_on"], name="contact_by_day")]


class Correction(models.Model):
    """An outcome that was taken back, and why. The contact is expected again; what stood there is kept here."""

    holds = Holds(
        Retention.ARCHIVE,
        special=["contact", "outcome", "outcome_on", "outcome_reason", "late_reason", "note", "reason"],
        technical=["id", "was_recorded_by", "was_recorded_at", "corrected_at", "corrected_by"],
    )

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="corrections")
    outcome = models.CharField(max_length=12, choices=Contact.Outcome)
    outcome_on = models.DateField()
    outcome_reason = EncryptedTextField(null=True)
    late_reason = EncryptedTextField(null=True)
    note = EncryptedTextField(null=True)
    was_recorded_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    was_recorded_at = models.DateTimeField(null=True)
    reason = EncryptedTextField()
    corrected_at = models.DateTimeField()
    corrected_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(was_recorded_at=None, was_recorded_by=None)
                | Q(was_recorded_at__isnull=False, was_recorded_by__isnull=False),
                name="correction_was_recorded_is_a_pair",
            )
        ]


class MissedQuerySet(models.QuerySet):
    def standing(self):
        """Those that count, in the order of the ladder: not taken back."""
        return self.filter(withdrawn_at=None).order_by("pk")


class MissedAppointment(models.Model):
    """Somebody did not come. The count per contact decides the ladder: new appointment, call, concern assessment.

    Never deleted: one that was wrong is taken back with a reason, and counts no more.
    """

    holds = Holds(
        Retention.ARCHIVE,
        special=["contact", "missed_on", "reason", "booked_time", "withdrawn_reason"],
        technical=["id", "recorded_at", "recorded_by", "answered_on", "answer", "withdrawn_at", "withdrawn_by"],
    )

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="missed")
    missed_on = models.DateField()
    booked_time = models.TimeField(null=True)
    reason = EncryptedTextField(null=True)
    answer = EncryptedTextField(null=True)  # what the call or the concern assessment came to
    answered_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    withdrawn_reason = EncryptedTextField(null=True)

    objects = MissedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("contact", "missed_on", condition=Q(withdrawn_at=None), name="missed_once_a_day"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="missed_withdrawn_is_a_pair",
            ),
        ]


class Baton(models.Model):
    """Who is responsible now. Exactly one open row per open journey."""

    holds = Holds(
        Retention.ARCHIVE,
        special=["journey", "unit", "staff"],
        technical=["id", "since_at", "since_by", "until_at", "until_by", "confirmed_at", "confirmed_by"],
    )

    journey = models.ForeignKey("people.Journey", models.PROTECT, related_name="batons")
    unit = models.ForeignKey("services.Unit", models.PROTECT, null=True, related_name="+")  # none: unassigned list
    staff = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")  # contact person
    since_at = models.DateTimeField()
    since_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)  # null: opened by birth or register, «not confirmed»
    confirmed_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    until_at = models.DateTimeField(null=True)
    until_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("journey", condition=Q(until_at=None), name="baton_one_open_per_journey"),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("since_at")), name="baton_period_is_forward"
            ),
        ]


class Handover(Addressed):
    """Passing the baton on. The sender holds it until the receiver has accepted."""

    holds = Holds(
        Retention.ARCHIVE,
        special=["journey", "from_unit", "to_unit", "sent_unit", "reason", "summary", "decline_reason", "due_on"],
        technical=[
            "id",
            "key",
            "sent_at",
            "sent_by",
            "accepted_at",
            "accepted_by",
            "declined_at",
            "declined_by",
            "withdrawn_at",
            "withdrawn_by",
            "superseded_at",
            "superseded_by",
            "sent_to_leader_at",
            "sent_to_leader_by",
            "seen_at",
            "seen_by",
        ],
    )

    journey = models.ForeignKey("people.Journey", models.PROTECT, related_name="handovers")
    from_unit = models.ForeignKey("services.Unit", models.PROTECT, null=True, related_name="+")
    to_unit = models.ForeignKey("services.Unit", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    summary = EncryptedTextField(null=True)  # no scores
    due_on = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")  # none: birth or move
    sent_unit = models.ForeignKey("services.Unit", models.PROTECT, null=True, related_name="+")  # for whom she acted
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    decline_reason = EncryptedTextField(null=True)
    sent_to_leader_at = models.DateTimeField(null=True)
    sent_to_leader_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)  # the sender has read that it was declined, and keeps it
    seen_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "journey",
                condition=Q(accepted_at=None, declined_at=None, withdrawn_at=None, superseded_at=None),
                name="handover_one_open_per_journey",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{verb}_at": None, f"{verb}_by": None})
                    | Q(**{f"{verb}_at__isnull": False, f"{verb}_by__isnull": False}),
                    name=f"handover_{verb}_is_a_pair",
                )
                for verb in ("accepted", "declined", "sent_to_leader")
            ),
            *(  # a death or a move that the register tells of takes the offer back without anybody's hand
                models.CheckConstraint(
                    condition=Q(**{f"{verb}_by": None}) | Q(**{f"{verb}_at__isnull": False}),
                    name=f"handover_{verb}_is_a_pair",
                )
                for verb in ("withdrawn", "superseded", "seen")
            ),
        ]


class Stop(Addressed):
    """An outsider on the trail (ward, GP): own due date, while the sender keeps the baton."""

    holds = Holds(
        Retention.ARCHIVE,
        special=["journey", "unit", "reason", "from_on", "due_on", "done_on", "outcome"],
        technical=["id", "key", "recorded_at", "recorded_by"],
    )

    journey = models.ForeignKey("people.Journey", models.PROTECT, related_name="stops")
    unit = models.ForeignKey("services.Unit", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    from_on = models.DateField()
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")


from fotspor.pathways.register import RegisterImport, RegisterRow  # noqa: E402, F401 - Django looks for tables here
