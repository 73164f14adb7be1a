"""What somebody had typed and not saved, kept for a day for that person alone, in that post, at that address."""

import json
from datetime import datetime

from django.db import transaction

from fotspor.access.actions import log
from fotspor.access.rules import Viewer
from fotspor.kit.encryption import blind_index
from fotspor.kit.models import Draft, Submission
from fotspor.services import rules


@transaction.atomic
def keep_draft(
    *, staff_id: int, post: str, path: str, address: str, posted: dict[str, list[str]], token: str, at: datetime
) -> bool:
    """Keep what was typed in the form at `path`. False when there was nothing to keep, or the form is saved already.

    Shape   post: key of the post it was written in; path: where the form is read and sent; address: the same with what
            follows «?», to lead back to; token: of the form, which is not kept anew once saved.
    """
    values = rules.keepable(posted)
    if not values or (token and Submission.objects.filter(token=token, user_id=staff_id).exists()):
        return False
    where = {"user_id": staff_id, "post": post, "place": blind_index(path)}
    if Draft.objects.filter(user_id=staff_id).exclude(**where).count() >= rules.DRAFTS_EACH:
        return False
    content = json.dumps({"address": address, "values": values})
    Draft.objects.update_or_create(**where, defaults={"content": content, "kept_at": at})
    return True


@transaction.atomic
def fetch_draft(*, draft: Draft, by: Viewer, at: datetime) -> None:
    """Somebody fetches what she had typed. It stands until it is saved or thrown away."""
    log(type="services.draft.fetched", by=by, at=at, object=f"kit.draft:{draft.key}")


@transaction.atomic
def discard_draft(*, draft: Draft, by: Viewer, at: datetime) -> None:
    """Somebody throws away what she had typed."""
    log(type="services.draft.discarded", by=by, at=at, object=f"kit.draft:{draft.key}")
    draft.delete()


def forget_draft(*, staff_id: int, path: str, at: datetime) -> None:
    """The form at `path` is saved: what was kept of it goes, in whichever post it was typed."""
    Draft.objects.filter(user_id=staff_id, place=blind_index(path), kept_at__lte=at).delete()


def forget_old_drafts(*, at: datetime) -> int:
    """Nothing typed is kept longer than a day: how many went now? Run every hour by `fotspor watch`, and at sign-in."""
    return Draft.objects.filter(kept_at__lte=rules.drafts_older_than(at)).delete()[0]
