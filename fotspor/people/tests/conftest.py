"""A district, two units and their staff. The slices above are out: what is announced is caught."""

import pytest

from fotspor.people.tests import made
from fotspor.people.tests.made import House, make_unit, make_viewer
from fotspor.services.models import District


@pytest.fixture(autouse=True)
def announced(settings):
    """What was announced in this test; access answers, the slices above are silent."""
    settings.FACT_HANDLERS = ["fotspor.access.actions.respond_to", "fotspor.people.tests.made.catch"]
    made.caught.clear()
    return made.caught


@pytest.fixture
def house(db):
    here = District.objects.create(code="000001", name="Nord")
    there = District.objects.create(code="000002", name="Sør")
    midwifery = make_unit("Jordmortjenesten", "midwifery", "pregnancy", here)
    station = make_unit("Helsestasjon Nord", "health_station", "health_station", here)
    other = make_unit("Helsestasjon Sør", "health_station", "health_station", there)
    return House(
        district=here,
        other_district=there,
        midwifery=midwifery,
        station=station,
        midwife=make_viewer(midwifery, "midwife", "mie"),
        colleague=make_viewer(midwifery, "midwife", "kolle"),
        nurse=make_viewer(station, "nurse", "nora"),
        stranger=make_viewer(other, "nurse", "frida"),
        leader=make_viewer(station, "unit_leader", "lea"),
    )
