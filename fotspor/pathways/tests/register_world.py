"""What the tests of the register share: a small town, a file's rows, and how a file is taken in."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fotspor.access.models import AuditEvent
from fotspor.access.rules import SYSTEM
from fotspor.pathways import actions as pathways
from fotspor.pathways.actions import register_import
from fotspor.pathways.actions.register_import import apply_households, stage_register
from fotspor.pathways.models import Contact, RegisterImport
from fotspor.pathways.queries.register_imports import default_layout, preview
from fotspor.pathways.rules.register_files import read
from fotspor.pathways.tests.test_register_rules import FATHER, GROWN, MOTHER, TWIN, as_csv, cells
from fotspor.people.identifiers import synthetic_numbers
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.people.tests.made import make_unit, make_viewer
from fotspor.services.models import District
from fotspor.worklist.models import Task

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = AT.date()
LATER = AT + timedelta(days=30)
NEWBORN = date(2026, 11, 10)
NEW_NUMBER, NEW_TWIN = list(synthetic_numbers(NEWBORN))[:2]


@pytest.fixture
def town():
    """Two districts; a health centre, a midwife service and an administrator in the first."""
    first = District.objects.create(code="01", name="Nord")
    District.objects.create(code="02", name="Sør")
    station = make_unit("Helsestasjon Nord", "health_station", "health_station", first)
    midwifery = make_unit("Jordmor Nord", "midwifery", "pregnancy", first)
    office = make_unit("Administrasjonen", "administration", "other", None)
    for unit in (station, midwifery):
        unit.serves.add(first)
    make_viewer(station, "unit_leader", "lea")
    make_viewer(station, "nurse", "nora")
    return {
        "station": station,
        "district": first,
        "nurse": make_viewer(station, "nurse", "nina"),
        "midwife": make_viewer(midwifery, "midwife", "mie"),
        "administrator": make_viewer(office, "administrator", "ada"),
    }


def adult(number=MOTHER, **changed):
    return cells(
        identity_number=number, given_name="Varm", birth_date=GROWN.isoformat(), guardian_1_number="",
        guardian_1_kind="", custody="", **changed,
    )  # fmt: skip


FAMILY = (adult(), cells())
OTHERS = (
    adult(FATHER, street="Lissomvegen 2", sex="M"),
    cells(identity_number=TWIN, street="Lissomvegen 2", guardian_1_number=FATHER, guardian_1_kind="far"),
)


def stage(*rows, at=AT, by=SYSTEM, content=None, is_counted=True, **how) -> RegisterImport:
    """Compare a file, and say how many rows it has unless told not to."""
    content, layout = as_csv(*rows) if content is None else content, how.pop("layout", default_layout())
    if is_counted:
        how["rows"] = len(read(content, layout))
    return stage_register(content=content, file_name="register.csv", layout=layout, by=by, at=at, **how)


def take_in(*rows, at=AT, by=SYSTEM, **how) -> RegisterImport:
    source = stage(*rows, at=at, by=by, **how)
    list(apply_households(source=source, by=by, at=at))
    source.refresh_from_db()
    return source


def one_by_one(monkeypatch) -> None:
    """Take every household in by the actions, also one in which nobody is known."""
    monkeypatch.setattr(register_import, "known_among", lambda households: {each.number for each in households})


def kinds(source) -> dict[str, int]:
    return {change: n for change, _word, n in preview(viewer=SYSTEM, key=source.key).counts if n}


def logged(type: str) -> int:
    return AuditEvent.objects.filter(type=type).count()


def everything() -> tuple:
    """What a second look must find unchanged."""
    return (
        list(Person.objects.order_by("pk").values("version", "given_name", "street", "district", "died_on")),
        list(Guardianship.objects.order_by("pk").values("child", "guardian", "kind", "custody", "until_on")),
        list(Journey.objects.order_by("pk").values("child", "closed_on")),
        list(Contact.objects.order_by("pk").values("step", "opens_on", "cancelled_on")),
        list(Task.objects.order_by("pk").values("ref", "ended_on", "done_on", "unit")),
    )


@pytest.fixture
def expecting(town):
    """A mother who is known here, with a pregnancy that is due."""
    return pathways.open_journey(
        new_mother={
            "given_name": "Varm", "family_name": "Lyng", "born_on": GROWN, "sex": "female", "number": MOTHER,
            "street": "Prøvegata 1", "postcode": "7991", "city": "Øving", "district": town["district"],
        },
        due_on=NEWBORN,
        due_source="ultrasound",
        by=town["midwife"],
        at=AT - timedelta(days=100),
    )  # fmt: skip


def newborn(number=NEW_NUMBER, **changed):
    return cells(identity_number=number, birth_date=NEWBORN.isoformat(), **changed)
