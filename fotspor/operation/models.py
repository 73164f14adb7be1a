"""What colleagues tell the administrator, and who has read what is new."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from fotspor.kit.encryption import EncryptedTextField
from fotspor.kit.models import Addressed, Holds, Retention


class Message(Addressed):
    """Something about the system that a colleague tells the administrator. Never about a child or a family."""

    holds = Holds(
        Retention.ORGANISATION,
        personal=["text", "answer"],
        organisational=["page", "written_at", "written_by", "answered_at", "answered_by"],
        technical=["id", "key"],
    )

    text = EncryptedTextField()
    page = models.CharField(max_length=80, blank=True)  # name of the address it was written from, with no key in it
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = EncryptedTextField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False, answer__isnull=False),
                name="message_answered_by_somebody",
            )
        ]


class NewsRead(models.Model):
    """Somebody has read what is new in a version."""

    holds = Holds(Retention.STAFF, organisational=["staff", "read_on"], technical=["id", "version"])

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    version = models.CharField(max_length=20)
    read_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("staff", "version", name="news_read_once")]
