"""The commands of the first week, on an installation of their own: the code, and staff from a file."""

import re
from datetime import date

import pytest

from fotspor.kit.identifiers import synthetic_numbers
from tests.config.installation import installation
from tests.config.test_restore import USER

pytestmark = pytest.mark.slow
NUMBER = next(synthetic_numbers(date(1985, 3, 4)))
HEADS = "fornavn;etternavn;e-post;enhet;rolle;fødselsnummer"
ROW = f"Vakt;Som;vakt.som@fotspor.example;Administrasjonen;Personvernombud;{NUMBER}"
COUNT = "from fotspor.services.models import Staff; print(Staff.objects.count())"


@pytest.fixture(scope="module")
def own(tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), installation(tmp_path_factory.mktemp("home")) as made:
        yield made


def test_the_code_then_an_administrator_then_staff_from_a_file(own, tmp_path):
    assert "Run `fotspor migrate`" in own.run("setup", code=1)
    own.run("migrate")
    first, second = (re.findall(r"[A-Z]{4}(?:-[A-Z]{4}){3}", own.run("setup")) for _ in range(2))
    assert len(first) == len(second) == 1
    assert first != second
    own.run(*USER)
    assert "There is an administrator already. `fotspor user`" in own.run("setup", code=1)
    file = tmp_path / "staff.csv"
    file.write_text(f"{HEADS}\n{ROW}\n", encoding="cp1252")
    said = own.run("import", "staff", str(file))
    assert "1 new, 0 get a post, 0 unchanged." in said
    assert "Nothing was stored" in said
    assert own.python(COUNT) == "1"
    assert "/invitasjon/" in own.run("import", "staff", str(file), "--apply")
    assert own.python(COUNT) == "2"
    said = own.run("import", "staff", str(file), "--apply")
    assert "0 new, 0 get a post, 1 unchanged." in said
    assert "/invitasjon/" not in said
    file.write_text(f"{HEADS}\n{ROW.replace('Personvernombud', 'Helsesykepleier')}\n", encoding="utf-8")
    assert "row 2: A unit of this kind has no such role." in own.run("import", "staff", str(file), "--apply", code=1)
    file.write_bytes(b"\x00\x01")
    assert "not text" in own.run("import", "staff", str(file), code=1)
