"""Relations, consents, emergency access, and the log that refuses to change."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fotspor.kit.encryption import EncryptedTextField
from fotspor.kit.models import Addressed, Holds, Retention


class InForce(models.QuerySet):
    def in_force(self, on):
        return self.filter(from_on__lte=on).filter(Q(until_on=None) | Q(until_on__gt=on))


class CareRelation(Addressed):
    """A unit, or one named member of it, has a reason to see a person, from a day and perhaps until one."""

    class Basis(models.TextChoices):
        PREGNANCY = "pregnancy", _("Registered the pregnancy")
        BATON = "baton", _("Holds or held the baton")
        TAKEN_IN = "taken_in", _("Took in today")
        ENROLLED = "enrolled", _("Enrolled in the kindergarten")
        NAMED = "named", _("Named for a protected person")
        REGISTERED = "registered", _("Registered the person")
        INFORMANT = "informant", _("Answers as a parent")
        RESULT = "result", _("Answers a result")

    holds = Holds(
        Retention.AUDIT,
        special=["person", "unit", "staff", "basis", "from_on", "until_on", "note"],
        technical=["id", "key", "opened_at", "opened_by", "ended_at", "ended_by"],
    )

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    unit = models.ForeignKey("services.Unit", models.PROTECT, related_name="+")
    staff = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=20, choices=Basis)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    note = EncryptedTextField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    objects = InForce.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="relation_period_is_forward"
            ),
            # Two constraints, since SQLite counts two empty values as different.
            models.UniqueConstraint(
                "person", "unit", "basis", condition=Q(until_on=None, staff=None), name="relation_one_open_of_unit"
            ),
            models.UniqueConstraint(
                "person",
                "unit",
                "staff",
                "basis",
                condition=Q(until_on=None, staff__isnull=False),
                name="relation_one_open_of_staff",
            ),
        ]
        indexes = [models.Index(fields=["unit", "person"], name="relation_by_unit")]


class Consent(Addressed):
    """One guardian's yes for one child, or one person's for herself: to whom, for what, how long; and withdrawal."""

    class What(models.TextChoices):
        AGREED_STEPS = "agreed_steps", _("Agreed steps")
        FORM_SUMMARY = "form_summary", _("A short summary of a form")
        LETTER_TO_GP = "letter_to_gp", _("A letter to the GP")

    class Wording(models.TextChoices):
        """Purposes in our own words: kept as a code, and said in the language of whoever reads it."""

        LETTER = "letter", _("A letter to the GP about the conversation after a form, without the sum")
        LETTER_WITH_SUM = "letter_sum", _("A letter to the GP about the conversation after a form, with the sum")
        SENTENCE = "sentence", _("One sentence from my own form, on the child's page")

    holds = Holds(
        Retention.ARCHIVE,
        special=["person", "given_by", "to_unit", "what", "purpose", "wording", "summary", "from_on", "until_on"],
        technical=["id", "key", "recorded_at", "recorded_by", "withdrawn_at", "withdrawn_by"],
    )

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    given_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    to_unit = models.ForeignKey("services.Unit", models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=20, choices=What)
    purpose = models.CharField(max_length=200, blank=True)  # as somebody wrote it, or empty beside a `wording`
    wording = models.CharField(max_length=12, choices=Wording, blank=True)
    summary = EncryptedTextField(null=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="consent_period_is_forward"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="consent_withdrawn_is_a_pair",
            ),
            models.CheckConstraint(condition=Q(wording="") | Q(purpose=""), name="consent_purpose_in_one_way"),
        ]

    @property
    def said_purpose(self):
        """For what: in the reader's language where the words are ours, else as they were written."""
        return self.get_wording_display() if self.wording else self.purpose


class EmergencyAccess(Addressed):
    """Three hours' access with a written reason. For a strictly protected person it counts when a second one agrees."""

    holds = Holds(
        Retention.AUDIT,
        special=["person", "staff", "unit", "reason", "needs_second"],
        technical=["id", "key", "opened_at", "opened_by", "seconded_at", "seconded_by", "until"],
    )

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    staff = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")
    unit = models.ForeignKey("services.Unit", models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    needs_second = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")
    until = models.DateTimeField()
    seconded_at = models.DateTimeField(null=True)
    seconded_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="emergency_ends_after_start"),
            models.CheckConstraint(
                condition=Q(seconded_at=None, seconded_by=None)
                | Q(seconded_at__isnull=False, seconded_by__isnull=False),
                name="emergency_seconded_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(seconded_by=None) | ~Q(seconded_by=F("opened_by")), name="emergency_second_is_another"
            ),
        ]


class AuditEvent(models.Model):
    """What was read or done, by whom, why. Text ids and no foreign keys: the log outlives what it describes.

    Update, delete and truncate are refused by triggers in the database (migration 0002).
    """

    holds = Holds(
        Retention.AUDIT,
        personal=["staff", "role", "unit", "session"],
        special=["person", "people", "purpose", "basis", "facts"],
        technical=["id", "at", "type", "object", "once"],
    )

    at = models.DateTimeField()
    type = models.CharField(max_length=80)  # stable: "people.record.read", "pathways.handover.accepted"
    staff = models.CharField(max_length=16, blank=True)  # Staff.key; empty for the system itself
    role = models.CharField(max_length=30, blank=True)
    unit = models.CharField(max_length=16, blank=True)  # Unit.key
    session = models.CharField(max_length=64, blank=True)
    person = models.CharField(max_length=16, blank=True)  # Person.key
    people = models.JSONField(default=list)  # Person.keys of a list or search
    purpose = models.CharField(max_length=30, blank=True)
    basis = models.CharField(max_length=40, blank=True)
    object = models.CharField(max_length=80, blank=True)  # "pathways.handover:KEY"
    facts = models.JSONField(default=dict)
    once = models.CharField(max_length=64, null=True, unique=True)  # digest that makes a repeated look one line

    class Meta:
        indexes = [
            models.Index(fields=["person", "at"], name="audit_by_person"),
            models.Index(fields=["staff", "at"], name="audit_by_staff"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]


class AuditSeal(models.Model):
    """A stretch of the log, sealed after it was written: what stood there, line by line, chained to the seal before.

    Update, delete and truncate are refused by triggers, as for the log (migration 0004).
    """

    holds = Holds(
        Retention.AUDIT,
        technical=["id", "number", "first", "last", "count", "gaps", "lines", "previous", "digest", "at"],
    )

    number = models.PositiveIntegerField(unique=True)  # 1, 2, 3 ...
    first = models.BigIntegerField()  # AuditEvent.id, as are `last` and the gaps
    last = models.BigIntegerField()
    count = models.PositiveIntegerField()
    gaps = models.JSONField(default=list)  # numbers no line has: [from, to] pairs; a transaction that was taken back
    lines = models.BinaryField()  # 16 bytes of digest for each line, in order
    previous = models.CharField(max_length=64)  # digest of the seal before; empty for the first
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first"), count__gte=1), name="seal_covers_something"),
        ]


class LookReview(Addressed):
    """Somebody has gone through one employee's looks at one person, up to a line of the log, and what came of it.

    Written once; another outcome is another row. The database refuses to change any column but the encrypted one,
    which a rotation of keys writes anew.
    """

    class Reason(models.TextChoices):
        KIN = "kin", _("Same surname or address")
        NO_ENTRY = "no_entry", _("Nothing written afterwards")
        AFTER_HOURS = "after_hours", _("Outside working hours")
        PROTECTED = "protected", _("Protected persons")
        EMERGENCY = "emergency", _("Emergency access")

    class Outcome(models.TextChoices):
        EXPLAINED = "explained", _("There was a good reason")
        FOLLOW_UP = "follow_up", _("Needs follow-up")
        BREACH = "breach", _("No good reason: reported")

    holds = Holds(
        Retention.AUDIT,
        personal=["staff"],
        special=["person", "reason", "outcome", "note"],
        technical=["id", "key", "upto", "reviewed_at", "reviewed_by"],
    )

    reason = models.CharField(max_length=12, choices=Reason)
    staff = models.CharField(max_length=16)  # Staff.key and Person.key, as they stand in the log
    person = models.CharField(max_length=16)
    upto = models.BigIntegerField()  # AuditEvent.id of the last line that was gone through
    outcome = models.CharField(max_length=12, choices=Outcome)
    note = EncryptedTextField(null=True)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey("services.Staff", models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["reason", "staff", "person"], name="look_review_by_pair")]


class FormsOpen(models.QuerySet):
    def open(self, at):
        return self.filter(until__gt=at)


class OpenForm(models.Model):
    """Somebody has this form on this object on the screen. Gone when it is saved, or without a sign of life."""

    holds = Holds(Retention.TRANSIENT, personal=["opened_by"], technical=["id", "form", "about", "opened_at", "until"])

    form = models.CharField(max_length=80)  # the address by its name: "people:person_change"
    about = models.CharField(max_length=80, blank=True)  # the keys in the address
    opened_by = models.ForeignKey("services.Staff", models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()
    until = models.DateTimeField()

    objects = FormsOpen.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "about", "opened_by"], name="open_form_once_each"),
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="open_form_ends_after_start"),
        ]
        indexes = [models.Index(fields=["until"], name="open_form_by_end")]
