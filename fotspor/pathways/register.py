"""Tables of the population register import: a staged file, and its rows until each household has been applied."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.kit.encryption import EncryptedTextField
from fotspor.kit.models import Addressed, Holds, Retention
from fotspor.pathways.rules.register import Change, RowFault


class RegisterImport(Addressed):
    """One file that has been read whole. The file itself is not kept."""

    holds = Holds(
        Retention.AUDIT,
        organisational=[
            "file_name",
            "layout",
            "layout_version",
            "is_complete",
            "staged_at",
            "staged_by",
            "finished_on",
        ],
        technical=["id", "key", "digest", "households", "rows_read", "is_whole"],
    )

    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of the file and its mapping: an import broken off goes on by it
    layout = models.CharField(max_length=40)
    layout_version = models.CharField(max_length=20)
    is_complete = models.BooleanField(default=True)  # says who is not in the file
    households = models.PositiveIntegerField()
    is_whole = models.BooleanField(default=True)  # all its rows are staged: until then nobody sees or applies it
    rows_read = models.PositiveIntegerField(null=True)  # what the next file is compared with; null: read before it was
    staged_at = models.DateTimeField()
    staged_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")  # null: a command
    finished_on = models.DateField(null=True)

    class Meta:
        ordering = ["-staged_at", "-id"]
        constraints = [
            models.UniqueConstraint("digest", condition=Q(finished_on=None), name="register_import_unfinished_once")
        ]

    @property
    def staged_on(self):
        return timezone.localdate(self.staged_at)


class RegisterRowQuerySet(models.QuerySet):
    def waiting(self):
        """Not applied yet, and nobody has to say anything first."""
        return self.filter(applied_on=None).exclude(change__in=[Change.REFUSED, Change.UNMATCHED, Change.PROPOSED])


class RegisterRow(models.Model):
    """One row, staged. What it says is removed when it has been applied; that it was, and what it changed, stays."""

    class Fault(models.TextChoices):
        BAD_NUMBER = RowFault.BAD_NUMBER, _("Not an identity number")
        SYNTHETIC = RowFault.SYNTHETIC, _("A synthetic identity number, which is for practice only")
        NOT_SYNTHETIC = RowFault.NOT_SYNTHETIC, _("Not a synthetic identity number, and this is practice")
        TWICE = RowFault.TWICE, _("The identity number stands in an earlier row")
        BAD_DATE = RowFault.BAD_DATE, _("Not a date")
        FUTURE = RowFault.FUTURE, _("A date that has not come yet")
        DISTRICT = RowFault.DISTRICT, _("A district that the municipality has not")
        VALUE = RowFault.VALUE, _("A value that the mapping does not know")
        NO_NAME = RowFault.NO_NAME, _("No name, and more than a year old")
        LONG = RowFault.LONG, _("More text than the column may hold")
        FORMULA = RowFault.FORMULA, _("Text that a spreadsheet would run as a formula")
        GUARDIAN = RowFault.GUARDIAN, _("A guardian who cannot be one")
        NOT_APPLIED = RowFault.NOT_APPLIED, _("Could not be taken in; nothing of the household was stored")

    class Kind(models.TextChoices):
        NEW = Change.NEW, _("New")
        CHANGED = Change.CHANGED, _("Changed")
        MOVED = Change.MOVED, _("Moved")
        DEAD = Change.DEAD, _("Dead")
        ALIVE = Change.ALIVE, _("Registered as dead here, alive in the register")
        STAYED = Change.STAYED, _("Moved out here, at the same address in the register")
        SAME = Change.SAME, _("Unchanged")
        PROPOSED = Change.PROPOSED, _("May be somebody we already have")
        UNMATCHED = Change.UNMATCHED, _("Not in the file")
        REFUSED = Change.REFUSED, _("Refused")
        NOT_NEEDED = Change.NOT_NEEDED, _("Not needed")

    holds = Holds(
        Retention.TRANSIENT,
        special=["record", "person", "change", "fault", "field", "missing_guardians"],
        technical=["id", "source", "row", "household", "applied_on"],
    )

    source = models.ForeignKey(RegisterImport, models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField(null=True)  # as the spreadsheet numbers it; null: not in the file
    household = models.PositiveIntegerField(null=True)  # number of the household within the file
    record = EncryptedTextField(null=True)  # JSON of rules.register.Record
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    change = models.CharField(max_length=12, choices=Kind)
    fault = models.CharField(max_length=16, choices=Fault, blank=True)
    field = models.CharField(max_length=40, blank=True)
    missing_guardians = models.PositiveSmallIntegerField(default=0)  # named by the row, found nowhere
    applied_on = models.DateField(null=True)

    objects = RegisterRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("source", "row", name="register_row_once"),
            models.CheckConstraint(
                condition=(Q(fault="") & ~Q(change="refused")) | (~Q(fault="") & Q(change="refused")),
                name="register_row_refused_has_a_fault",
            ),
        ]
        indexes = [models.Index(fields=["source", "household"], name="register_row_by_household")]
