"""What was typed and not saved, asked for by whoever typed it."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from fotspor.kit.encryption import blind_index
from fotspor.kit.models import Draft
from fotspor.services import rules


@dataclass(frozen=True, slots=True)
class Unsaved:
    """One draft as its own writer meets it."""

    row: Draft
    address: str
    values: dict[str, list[str]]

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def kept_at(self) -> datetime:
        return self.row.kept_at

    @property
    def fetch_url(self) -> str:
        return reverse("services:draft_fetch", args=[self.key])

    @property
    def discard_url(self) -> str:
        return reverse("services:draft_discard", args=[self.key])


def has_drafts(*, staff_id: int, at: datetime) -> bool:
    """Has this person begun anything that she has not saved?"""
    return _standing(staff_id, at).exists()


def draft_at(*, staff_id: int, post: str, path: str, at: datetime) -> Unsaved | None:
    """What had this person typed, in this post, in the form at this address?"""
    return _opened(_standing(staff_id, at).filter(post=post, place=blind_index(path)).first())


def draft_by_key(*, staff_id: int, post: str, key: str, at: datetime) -> Unsaved | None:
    """Which of this person's own drafts in this post is it? None for anybody else's: they look as if they were not."""
    return _opened(_standing(staff_id, at).filter(post=post, key=key).first())


def _standing(staff_id: int, at: datetime):
    return Draft.objects.filter(user_id=staff_id, kept_at__gt=rules.drafts_older_than(at))


def _opened(row: Draft | None) -> Unsaved | None:
    if row is None:
        return None
    content = json.loads(row.content)
    return Unsaved(row, content["address"], content["values"])
