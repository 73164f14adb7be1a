"""Filled-in forms, and what a result demands until somebody has answered it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fotspor.kit.encryption import EncryptedTextField
from fotspor.kit.errors import Refused
from fotspor.kit.models import Addressed, Holds, Retention, Versioned


class Locked(Refused):
    """The form is signed. It is corrected by a new one with a reason."""

    said = _("The form is signed and cannot be changed. Correct it with a reason instead.")

    def __init__(self):
        super().__init__(self.said)


class NotSigned(Locked):
    """What is asked for is for signed forms. A draft is written in itself."""

    said = _("The form is not signed yet. Write in the draft itself.")


class NoLongerStands(Locked):
    """The form is withdrawn, or a newer one has taken its place."""

    said = _("The form is withdrawn, or a newer version of it stands. Nothing was changed.")


class Approval(models.Model):
    """A municipality's yes to one version of an instrument or routine, under its own user's name."""

    class Kind(models.TextChoices):
        INSTRUMENT = "instrument", _("Form")
        ROUTINE = "routine", _("Routine")
        PATHWAY = "pathway", _("Pathway")

    holds = Holds(
        Retention.ARCHIVE,
        organisational=["kind", "slug", "version", "digest", "is_practice", "approved_at", "approved_by"],
        technical=["id"],
    )

    kind = models.CharField(max_length=20, choices=Kind)
    slug = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)  # of the definition file as it was approved
    is_practice = models.BooleanField(default=False)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-approved_at", "-id"]
        constraints = [
            models.UniqueConstraint("kind", "slug", "version", "digest", "is_practice", name="approval_once")
        ]


class ResponseQuerySet(models.QuerySet):
    def current(self):
        """The newest of each chain of corrections, not withdrawn."""
        return self.filter(corrected_by=None, withdrawn_at=None)

    def drafts(self):
        return self.current().filter(signed_at=None)

    def counted(self):
        """Signed, not corrected by a later one, not withdrawn: what figures and routines stand on."""
        return self.current().filter(signed_at__isnull=False)


class Response(Addressed, Versioned):
    """One filled-in form. A draft may change; a signed one is locked and corrected by a new one with a reason.

    A result's duties hang on the first form of a chain of corrections, so that what is done stays done.
    """

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
            "first",
            "corrects",
            "correction_reason",
            "withdrawal_reason",
            "is_history",
            "starts_routine",
            "late_reason",
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
            "started_at",
            "started_by",
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
    answers = models.JSONField(default=dict)  # item key -> points
    answered_on = models.DateField()
    late_reason = EncryptedTextField(null=True)  # why it is entered long after it was answered
    total = models.PositiveSmallIntegerField(null=True)  # only when complete
    lowest = models.PositiveSmallIntegerField(default=0)  # what the sum is at least
    highest = models.PositiveSmallIntegerField(default=0)  # and at most, with items missing
    band = models.CharField(max_length=30, blank=True)  # empty: undecided
    alerts = models.JSONField(default=list)
    is_history = models.BooleanField(default=False)  # counted, opens nothing
    starts_routine = models.BooleanField(default=False)  # the worker starts the routine whatever the sum
    study_id = models.CharField(max_length=40, blank=True)
    first = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")  # of a chain of corrections
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    correction_reason = EncryptedTextField(null=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)  # the routine, by the worker's own yes
    started_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    withdrawal_reason = EncryptedTextField(null=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(lowest__lte=models.F("highest")), name="response_range_is_forward"),
            models.CheckConstraint(
                condition=Q(total=None) | Q(total=models.F("lowest"), lowest=models.F("highest")),
                name="response_total_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="response_withdrawn_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(started_at=None, started_by=None) | Q(started_at__isnull=False, started_by__isnull=False),
                name="response_started_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, first=None) | Q(corrects__isnull=False, first__isnull=False),
                name="response_correction_knows_the_first",
            ),
            models.UniqueConstraint(
                "instrument",
                "study_id",
                "occasion",
                condition=~Q(study_id="") & Q(corrects=None),
                name="response_once_per_study_and_wave",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "instrument", "answered_on"], name="response_by_subject"),
            models.Index(fields=["instrument", "occasion", "unit"], name="response_by_occasion"),
        ]

    @property
    def is_signed(self):
        return self.signed_at is not None

    @property
    def root(self):
        """The first form of the chain: the screening that duties belong to."""
        return self.first if self.first_id else self

    def save(self, *args, **kwargs):
        if self.pk and type(self).objects.filter(pk=self.pk, signed_at__isnull=False).exists():
            raise Locked
        super().save(*args, **kwargs)


class DutyQuerySet(models.QuerySet):
    def standing(self):
        """Neither withdrawn nor no longer demanded; done ones too."""
        return self.filter(withdrawn_at=None, ended_on=None)

    def open(self):
        return self.standing().filter(closed_on=None)


class Duty(Addressed):
    """One thing that a result demands, by a deadline, until an outcome is recorded. Its task is derived from it."""

    holds = Holds(
        Retention.ARCHIVE,
        special=["response", "step", "outcome", "ended_on", "end_reason", "withdrawal_reason"],
        organisational=["unit", "opened_on", "due_on", "due_before", "rule_version"],
        technical=["id", "key", "closed_on", "withdrawn_at", "withdrawn_by", "seen_at", "seen_by"],
    )

    response = models.ForeignKey(Response, models.PROTECT, related_name="duties")  # the first of its chain
    step = models.CharField(max_length=20)  # key of a step in the routine
    unit = models.ForeignKey("services.Unit", models.PROTECT, null=True, related_name="+")
    rule_version = models.CharField(max_length=20)
    opened_on = models.DateField()
    due_on = models.DateField()
    due_before = models.TimeField(null=True)  # the unit's closing time that day
    outcome = models.CharField(max_length=20, blank=True)  # the newest recorded
    closed_on = models.DateField(null=True)  # outcomes such as «not reached» leave it open
    ended_on = models.DateField(null=True)  # no longer demanded, such as after a correction
    end_reason = models.CharField(max_length=200, blank=True)  # message id
    withdrawn_at = models.DateTimeField(null=True)  # a mistyped item, with a reason, seen by a colleague
    withdrawn_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    withdrawal_reason = EncryptedTextField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "response",
                "step",
                condition=Q(withdrawn_at=None, ended_on=None),
                name="duty_once_per_response",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="duty_ended_has_a_reason",
            ),
            models.CheckConstraint(condition=Q(closed_on=None) | Q(ended_on=None), name="duty_closed_or_ended"),
            models.CheckConstraint(condition=Q(closed_on=None) | ~Q(outcome=""), name="duty_closed_has_an_outcome"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="duty_withdrawn_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="duty_seen_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(seen_by=None) | ~Q(seen_by=models.F("withdrawn_by")), name="duty_seen_by_a_colleague"
            ),
        ]

    @property
    def standing_outcomes(self):
        """What was recorded and not taken back, oldest first."""
        return [outcome for outcome in self.outcomes.all() if outcome.taken_back_at is None]

    @property
    def taken_back(self):
        """The newest outcome when it was taken back and nothing has been recorded since, else nothing."""
        found = list(self.outcomes.all())
        return found[-1] if found and found[-1].taken_back_at is not None else None

    @property
    def agreed(self):
        """The newest outcome that names the day of the next conversation, while the duty waits for it."""
        named = [outcome for outcome in self.standing_outcomes if outcome.next_on is not None]
        return named[-1] if named and self.closed_on is None else None


class DutyOutcome(models.Model):
    """What somebody recorded about a duty. Several may follow each other: not reached, not reached, held."""

    holds = Holds(
        Retention.ARCHIVE,
        special=[
            "duty",
            "outcome",
            "note",
            "tried",
            "handed_to",
            "outcome_on",
            "next_on",
            "next_time",
            "folder",
            "folder_language",
            "with_sum",
            "consent",
            "taken_back_reason",
        ],
        technical=["id", "recorded_at", "recorded_by", "taken_back_at", "taken_back_by"],
    )

    class HandedTo(models.TextChoices):
        COLLEAGUE = "colleague", _("A colleague")
        GP = "gp", _("The GP")
        CLINIC = "116117", _("Out-of-hours clinic 116 117")
        EMERGENCY = "113", _("Emergency 113")

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="outcomes")
    outcome = models.CharField(max_length=20)
    note = EncryptedTextField(null=True)  # about the agreement, not her words
    tried = EncryptedTextField(null=True)
    handed_to = models.CharField(max_length=12, choices=HandedTo, blank=True)
    outcome_on = models.DateField()
    next_on = models.DateField(null=True)  # the day of the next conversation
    next_time = models.TimeField(null=True)  # wall-clock time in Oslo
    folder = models.CharField(max_length=60, blank=True)  # what was handed out: key and version
    folder_language = models.CharField(max_length=10, blank=True)
    consent = models.ForeignKey("access.Consent", models.PROTECT, null=True, related_name="+")
    with_sum = models.BooleanField(default=False)  # her yes holds for the sum too
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)  # recorded wrongly: kept, and no longer counted
    taken_back_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    taken_back_reason = EncryptedTextField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="dutyoutcome_taken_back_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(next_time=None) | Q(next_on__isnull=False), name="dutyoutcome_time_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(folder="", folder_language="") | (~Q(folder="") & ~Q(folder_language="")),
                name="dutyoutcome_folder_has_a_language",
            ),
        ]


class ReleasedSummary(models.Model):
    """One sentence from a parent's own form, which she lets the child's page say. It stands with its consent."""

    holds = Holds(Retention.ARCHIVE, special=["consent", "response", "child", "sentence"], technical=["id"])

    consent = models.OneToOneField("access.Consent", models.PROTECT, related_name="+")
    response = models.ForeignKey(Response, models.PROTECT, related_name="released")
    child = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    sentence = models.CharField(max_length=200)  # message id, from the routine
