"""The base record: opaque address, optimistic lock, and a declaration of what kind of data each field holds."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models

from fotspor.kit import processes
from fotspor.kit.encryption import EncryptedTextField
from fotspor.kit.errors import Stale
from fotspor.kit.faults import told

KEY_LENGTH = 16


def new_key() -> str:
    """An address that says nothing about whom it leads to: 96 random bits."""
    return secrets.token_urlsafe(12)


class Retention(StrEnum):
    """How long a table's rows are kept. Rules and law: content.md L-21 to L-24."""

    ARCHIVE = "archive"  # health-station and school-health records: permanent, Riksarkivarens forskrift § 7-29
    AUDIT = "audit"  # as long as the record that was read
    STAFF = "staff"  # while employed and as long as the audit log names them
    ORGANISATION = "organisation"  # versioned, kept as history
    TRANSIENT = "transient"  # days; removed by a nightly command


@dataclass(frozen=True, slots=True)
class Holds:
    """What a table holds, field by field. Every concrete model sets `holds`; a fitness test finds what is missing."""

    retention: Retention
    personal: Iterable[str] = ()
    special: Iterable[str] = ()  # special categories: health, family circumstances, confidential address
    organisational: Iterable[str] = ()
    technical: Iterable[str] = ()

    def all(self) -> list[str]:
        return [*self.personal, *self.special, *self.organisational, *self.technical]


class Addressed(models.Model):
    """A record with an opaque `key` for use in addresses."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True, editable=False, default=new_key)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A record with an optimistic lock: edits say which version they were made from."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save_if_unchanged(self, version: int, fields: Iterable[str]) -> None:
        """Save these fields if nobody has saved since `version`, else raise Stale."""
        values = {name: getattr(self, name) for name in fields}
        changed = type(self)._default_manager.filter(pk=self.pk, version=version).update(version=version + 1, **values)
        if not changed:
            raise Stale
        self.version = version + 1


class Submission(models.Model):
    """One posted form, by its token, so that sending it twice does one thing."""

    holds = Holds(Retention.TRANSIENT, technical=["id", "token", "user", "path", "location", "received_at"])

    token = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    path = models.CharField(max_length=500)
    location = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [  # two, since SQLite counts two empty values as different
            models.UniqueConstraint("token", "user", name="submission_once"),
            models.UniqueConstraint("token", condition=models.Q(user=None), name="submission_once_for_a_guest"),
        ]


class Draft(Addressed):
    """What somebody had typed in a form and not saved: for that person alone, in that post, at that address."""

    holds = Holds(
        Retention.TRANSIENT,
        special=["content"],
        technical=["id", "key", "user", "post", "place", "kept_at"],
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    post = models.CharField(max_length=KEY_LENGTH)
    place = models.CharField(max_length=64)  # keyed digest of the address: the table tells nobody where she was
    content = EncryptedTextField()
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint("user", "post", "place", name="draft_one_at_an_address")]


class Run(models.Model):
    """One run of a command that somebody relies on: begun, and ended with or without failing."""

    holds = Holds(Retention.ORGANISATION, technical=["id", "name", "began_at", "ended_at", "failed", "facts"])

    PROCESS = "process"  # in the facts of one that has not ended: which process it is

    name = models.CharField(max_length=40)  # "backup", "audit_seal"
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # empty: it goes on, or was killed
    failed = models.CharField(max_length=300, blank=True)  # what went wrong, in words without personal data
    facts = models.JSONField(default=dict)  # counts, paths and versions

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("began_at")),
                name="run_ends_after_it_began",
            )
        ]
        indexes = [models.Index(fields=["name", "-began_at"], name="run_by_name")]

    @classmethod
    @contextmanager
    def noted(cls, name: str, *, clock: Callable[[], datetime]) -> Iterator[dict[str, Any]]:
        """Note that a command ran: begun before, ended after, with what went wrong. What is put in the dict is kept.

        The note stands in its own transactions, so that a run that is killed stands there as not ended.
        """
        began = clock()
        run = cls.objects.create(name=name, began_at=began, facts={cls.PROCESS: processes.this()})
        facts: dict[str, Any] = {}
        try:
            yield facts
        except BaseException as error:
            failed = told(error)[:300]
            cls.objects.filter(pk=run.pk).update(ended_at=max(began, clock()), failed=failed, facts=facts)
            raise
        cls.objects.filter(pk=run.pk).update(ended_at=max(began, clock()), facts=facts)  # a clock may be set back

    @classmethod
    def end_the_one_that_made(cls, copy: str, *, taken_at: datetime) -> None:
        """In a copy that has been put back the run that took it has not ended. It has: the copy is here."""
        made = cls.objects.filter(name="backup", ended_at=None).order_by("-pk").first()
        if made is not None:
            ended_at = max(made.began_at, taken_at)
            cls.objects.filter(pk=made.pk).update(ended_at=ended_at, facts={"copy": copy})
