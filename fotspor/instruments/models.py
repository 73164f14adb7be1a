"""Filled-in forms, and what a result demands until somebody has answered it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fotspor.kit.encryption import EncryptedTextField
from fotspor.kit.models import Addressed, Holds, Retention, Versioned


class Approval(models.Model):
    """A municipality's yes to one version of an instrument or routine, under its own user's name."""

    holds = Holds(
        Retention.ARCHIVE,
        organisational=["kind", "slug", "version", "digest", "is_practice", "approved_at", "approved_by"],
        technical=["id"],
    )

    kind = models.CharField(max_length=20)  # instrument | routine | pathway
    slug = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)  # of the definition file as it was approved
    is_practice = models.BooleanField(default=False)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("kind", "slug", "version", "digest", name="approval_once")]


class ResponseQuerySet(models.QuerySet):
    def counted(self):
        """Signed, not corrected by a later one, not withdrawn: what figures and routines stand on."""
        return self.filter(signed_at__isnull=False, corrected_by=None, withdrawn_at=None)


class Response(Addressed, Versioned):
    """One filled-in form. A draft may change; a signed one is locked and corrected by a new one with a reason."""

    holds = Holds(
        Retention.ARCHIVE,
        special=[
            "subject",
            "informant",
            "informant_kind",
            "journey",
            "contact",
            "answers",
            "total",
            "lowest",
            "highest",
            "band",
            "alerts",
            "occasion",
            "answered_on",
            "corrects",
            "correction_reason",
            "withdrawal_reason",
            "is_history",
            "starts_routine",
            "study_id",
        ],
        organisational=["unit", "instrument", "instrument_version", "language", "is_paper"],
        technical=[
            "id",
            "key",
            "version",
            "saved_at",
            "saved_by",
            "signed_at",
            "signed_by",
            "withdrawn_at",
            "withdrawn_by",
        ],
    )

    instrument = models.CharField(max_length=40)
    instrument_version = models.CharField(max_length=20)
    subject = models.ForeignKey("people.Person", models.PROTECT, related_name="+")  # whom it is about
    informant = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")  # who answered
    informant_kind = models.CharField(max_length=20)  # mother | father | co_mother | ...
    journey = models.ForeignKey("people.Journey", models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey("pathways.Contact", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("services.Unit", models.PROTECT, null=True, related_name="+")  # the unit that screened
    occasion = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="nb")
    is_paper = models.BooleanField(default=True)
    answers = models.JSONField(default=dict)  # item key -> code
    answered_on = models.DateField()
    total = models.PositiveSmallIntegerField(null=True)  # only when complete
    lowest = models.PositiveSmallIntegerField(default=0)  # what the sum is at least
    highest = models.PositiveSmallIntegerField(default=0)  # and at most, with items missing
    band = models.CharField(max_length=30, blank=True)  # empty: undecided
    alerts = models.JSONField(default=list)
    is_history = models.BooleanField(default=False)  # counted, opens nothing
    starts_routine = models.BooleanField(default=False)  # the worker starts the routine whatever the sum
    study_id = models.CharField(max_length=40, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    correction_reason = EncryptedTextField(null=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    withdrawal_reason = EncryptedTextField(null=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(lowest__lte=models.F("highest")), name="response_range_is_forward"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="response_withdrawn_is_a_pair",
            ),
        ]
        indexes = [models.Index(fields=["subject", "instrument", "answered_on"], name="response_by_subject")]


class Duty(Addressed):
    """One thing that a result demands, by a deadline, until an outcome is recorded. Its task is derived from it."""

    class Step(models.TextChoices):
        TALK = "talk", _("Talk over the answers")
        SUPPORT = "support", _("Support conversation")
        LETTER = "letter", _("Letter to the GP")
        SAFETY = "safety", _("Safety conversation")
        ASK_AGAIN = "ask_again", _("Ask again")

    holds = Holds(
        Retention.ARCHIVE,
        special=["response", "step", "outcome", "note", "tried", "handed_to", "withdrawal_reason"],
        organisational=["unit", "staff", "opened_on", "due_on", "due_before", "rule_version"],
        technical=[
            "id",
            "key",
            "outcome_on",
            "recorded_at",
            "recorded_by",
            "closed_on",
            "withdrawn_at",
            "withdrawn_by",
            "seen_at",
            "seen_by",
            "raised_at",
            "raised_by",
        ],
    )

    response = models.ForeignKey(Response, models.PROTECT, related_name="duties")
    step = models.CharField(max_length=12, choices=Step)
    unit = models.ForeignKey("services.Unit", models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    rule_version = models.CharField(max_length=20)
    opened_on = models.DateField()
    due_on = models.DateField()
    due_before = models.TimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  # keys of the routine's outcomes
    note = EncryptedTextField(null=True)  # about the agreement, not her words
    tried = EncryptedTextField(null=True)
    handed_to = models.CharField(max_length=20, blank=True)  # colleague | gp | 116117 | 113
    outcome_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)  # outcomes such as «not reached» leave it open
    withdrawn_at = models.DateTimeField(null=True)  # a mistyped item, with a reason, seen by a colleague
    withdrawn_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    withdrawal_reason = EncryptedTextField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField(null=True)  # told to the leader
    raised_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "response", "step", condition=Q(withdrawn_at=None), name="duty_once_per_response"
            ),
            models.CheckConstraint(
                condition=Q(recorded_at=None, recorded_by=None)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False),
                name="duty_recorded_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="duty_withdrawn_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(seen_by=None) | ~Q(seen_by=models.F("withdrawn_by")), name="duty_seen_by_a_colleague"
            ),
        ]
