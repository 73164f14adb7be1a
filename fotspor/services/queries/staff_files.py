"""What a file of staff would do here, before anything of it is stored."""

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings

from fotspor.access.rules import Viewer
from fotspor.kit.encryption import decrypt, encrypt
from fotspor.services import labels
from fotspor.services.models import Membership, Staff, Unit
from fotspor.services.rules import staff_files
from fotspor.services.rules.staff_files import Does, HeldPost, Judged, Known, KnownStaff, KnownUnit

KEPT = timedelta(hours=1)  # as long as a preview may lie open
LONGEST = 1_800_000  # what a page may send back to us, in letters


@dataclass(frozen=True, slots=True)
class RowShown:
    """One line of the file as the preview shows it."""

    row: Judged

    @property
    def label(self):
        return labels.DOES[self.row.does] if self.row.does else labels.REFUSED

    @property
    def reasons(self) -> list[str]:
        return [str(labels.ROW_FAULTS[fault]) for fault in self.row.faults]

    @property
    def post(self) -> str:
        return labels.post_name(self.row.role, self.row.line.unit)


@dataclass(frozen=True, slots=True)
class StaffFile:
    """What a whole file would do. `sealed` is the file itself, for the button that takes it in."""

    name: str
    refused: tuple[RowShown, ...]
    others: tuple[RowShown, ...]
    sealed: str

    @property
    def invited(self) -> int:
        return sum(each.row.does is Does.INVITES for each in self.others)

    @property
    def posts(self) -> int:
        return sum(each.row.does is Does.GIVES_POST for each in self.others)

    @property
    def same(self) -> int:
        return sum(each.row.does is Does.NOTHING for each in self.others)

    @property
    def may_take_in(self) -> bool:
        return not self.refused and bool(self.invited or self.posts)


def judged_staff(*, viewer: Viewer, content: bytes, on: date) -> tuple[Judged, ...]:
    """What would each line of the file do here? Errors: BadFile."""
    lines = staff_files.read(content)
    emails = {line.email.lower() for line in lines}
    return staff_files.judged(lines, _known(emails, oneself=viewer.staff_id, on=on))


def staff_file(*, viewer: Viewer, name: str, content: bytes, at: datetime, on: date) -> StaffFile:
    """What would the file do here? Nothing is stored. Errors: BadFile."""
    rows = [RowShown(row) for row in judged_staff(viewer=viewer, content=content, on=on)]
    refused = tuple(each for each in rows if each.row.faults)
    others = tuple(each for each in rows if not each.row.faults)
    sealed = "" if refused else _sealed(content, viewer, at)
    if len(sealed) > LONGEST:
        raise staff_files.BadFile(staff_files.FileFault.TOO_LARGE)
    return StaffFile(name, refused, others, sealed)


def opened_staff_file(*, viewer: Viewer, sealed: str, at: datetime) -> bytes | None:
    """Which file did this viewer look at within the last hour? None for another's, an older one, or none of ours."""
    try:
        kept = json.loads(decrypt(sealed.encode()))
    except (InvalidToken, ValueError):
        return None
    age = at.timestamp() - kept["at"]
    if kept["by"] != viewer.staff_id or not 0 <= age <= KEPT.total_seconds():
        return None
    return zlib.decompress(b64decode(kept["file"]))


def _sealed(content: bytes, viewer: Viewer, at: datetime) -> str:
    """The file as the page may carry it: encrypted, since identity numbers stand in it."""
    file = b64encode(zlib.compress(content)).decode()
    return encrypt(json.dumps({"by": viewer.staff_id, "at": int(at.timestamp()), "file": file})).decode()


def _known(emails: set[str], *, oneself: int | None, on: date) -> Known:
    units = {
        unit.name.lower(): KnownUnit(unit.pk, unit.kind, unit.signs_in, unit.from_on, unit.until_on)
        for unit in Unit.objects.order_by("from_on")
    }
    people = {staff.pk: staff for staff in Staff.objects.filter(email__in=emails)}
    posts: dict[int, list[HeldPost]] = {}
    for post in Membership.objects.filter(staff__in=people):
        posts.setdefault(post.staff_id, []).append(HeldPost(post.unit_id, post.role, post.from_on, post.until_on))
    staff = {
        person.email: KnownStaff(
            has_left=bool(person.left_on),
            has_number=bool(person.identity_index),
            is_oneself=pk == oneself,
            posts=tuple(posts.get(pk, ())),
        )
        for pk, person in people.items()
    }
    return Known(units, staff, labels.role_words(), on, settings.IS_PRODUCTION)
