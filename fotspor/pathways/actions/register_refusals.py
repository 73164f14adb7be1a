"""Why a register's file is not compared or applied, in words."""

from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import Permission, Viewer
from fotspor.kit.errors import Refused
from fotspor.pathways.rules.register_files import FileFault

SAYS = {
    FileFault.EMPTY: _("The file has no rows. Nothing was stored."),
    FileFault.TOO_LARGE: _("The file is too large (%(detail)s). Nothing was stored."),
    FileFault.ENCODING: _(
        "The file is not written in the encoding that the mapping names (%(detail)s). Nothing was stored."
    ),
    FileFault.CUT: _("The file seems to be cut off or broken at row %(detail)s. Nothing was stored: fetch it again."),
    FileFault.CUT_SHEET: _(
        "The spreadsheet is cut off or broken: its end, where the list of its parts stands, cannot be read. "
        "Nothing was stored: fetch it again."
    ),
    FileFault.ROWS: _("The file has another number of rows than was said: %(detail)s. Nothing was stored."),
    FileFault.UNCOUNTED: _(
        "Nothing tells whether the file is whole: %(detail)s rows could be read. Say how many rows it should have, "
        "or have its last line say it, such as «#rows;1234». Nothing was stored."
    ),
    FileFault.SHRUNK: _(
        "The file has far fewer rows than the one before it (%(detail)s), so it may be cut off. Nothing was stored. "
        "Fetch it again, or say that the file is whole."
    ),
    FileFault.MISSING_GUARDIANS: _(
        "%(detail)s of the guardians that the file names are found nowhere, so it may be cut off. Nothing was stored. "
        "Fetch it again, or say that the file is whole."
    ),
    FileFault.COLUMNS: _("The file lacks columns, or has one twice: %(detail)s. Nothing was stored."),
    FileFault.SPOILED: _("The file cannot be opened as a spreadsheet. Nothing was stored."),
    FileFault.MISSING_MANY: _(
        "%(detail)s of the children here are not in the file, so it may be cut off. Nothing was stored. "
        "Fetch it again, or say that the file is whole."
    ),
}


class CannotUse(Refused):
    """The file as a whole cannot be used."""

    def __init__(self, fault: FileFault, detail: str = ""):
        self.fault, self.detail = fault, detail
        self.field = "rows" if fault in (FileFault.UNCOUNTED, FileFault.ROWS) else "file"
        super().__init__(SAYS[fault] % {"detail": detail})


class Overtaken(Refused):
    """Somebody else has begun to compare the same file."""

    def __init__(self):
        super().__init__(_("Somebody else is having the same file compared. Wait until that is done."))


class MayNotImport(Refused):
    """Only those who may import."""

    def __init__(self):
        super().__init__(_("Your post does not allow this. Nothing was saved."))


def _require_import(by: Viewer) -> None:
    """May this post take in a register? Errors: MayNotImport."""
    if not by.may(Permission.IMPORT):
        raise MayNotImport


class ComparedAnew(Refused):
    """Somebody has the same file compared once more while it is being applied."""

    def __init__(self):
        super().__init__(_("The file is being compared anew. Apply it afterwards: what was taken in stands."))


class Superseded(Refused):
    """A newer file has been taken in while this one waited."""

    def __init__(self):
        super().__init__(_("A newer file has been taken in since. Compare this one again. Nothing was changed."))
