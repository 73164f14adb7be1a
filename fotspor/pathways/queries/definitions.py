"""The pathways and routines as files: loaded once, checked, and asked for by name and version."""

from functools import cache
from pathlib import Path

from fotspor.kit.definitions import BadDefinition, load
from fotspor.pathways.rules.plans import BadPathway, Booking, Ladder, Loss, Pathway, check

FOLDER = Path(__file__).resolve().parents[1] / "definitions"
PREGNANCY, INFANCY, SCHOOL_START = "pregnancy", "infancy", "school_start"
SLUGS = (PREGNANCY, INFANCY, SCHOOL_START)


@cache
def pathway(slug: str, version: str = "") -> Pathway:
    """Which pathway is this, in the newest version or the named one?

    Shape   the newest version is `<slug>.toml`; those before it are kept as `earlier/<slug>-<version>.toml`.
    Errors  BadDefinition for a version that is not there, or a definition that contradicts itself.
    """
    found = read_pathway(FOLDER / f"{slug}.toml")
    if version in ("", found.version):
        return found
    earlier = FOLDER / "earlier" / f"{slug}-{version}.toml"
    if not earlier.exists():
        raise BadDefinition(f"{slug}: there is no version {version}")
    return read_pathway(earlier)


def pathway_files() -> list[Path]:
    """Which files hold a pathway: the newest versions, then those before them?"""
    newest = [FOLDER / f"{slug}.toml" for slug in SLUGS]
    return [*newest, *(path for slug in SLUGS for path in sorted((FOLDER / "earlier").glob(f"{slug}-*.toml")))]


def read_pathway(path: Path) -> Pathway:
    """The pathway of one file. Errors: BadDefinition, naming the file."""
    try:
        return check(load(Pathway, path))
    except BadPathway as error:
        raise BadDefinition(f"{path.name}: {error}") from error


@cache
def missed() -> Ladder:
    """What follows when somebody does not come?"""
    return load(Ladder, FOLDER / "routines" / "missed.toml")


@cache
def loss() -> Loss:
    """What follows a loss?"""
    return load(Loss, FOLDER / "routines" / "loss.toml")


@cache
def booking() -> Booking:
    """How long does an appointment usually last?"""
    return load(Booking, FOLDER / "routines" / "booking.toml")
