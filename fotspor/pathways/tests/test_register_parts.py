"""A register's file is staged in parts: each part has the rows that stand there, under their own numbers."""

import pytest

from fotspor.pathways.rules.register_files import read
from fotspor.pathways.tests.register_world import TWIN
from fotspor.pathways.tests.test_register_rules import LAYOUT, as_csv, as_xlsx, cells


@pytest.mark.parametrize("kind", [as_csv, as_xlsx])
def test_a_part_of_a_file_has_the_rows_that_stand_there(kind):
    rows = read(kind(cells(), cells(identity_number=TWIN), cells(postcode="0150")), LAYOUT)
    assert [row.number for row in rows[1:]] == [3, 4]
    assert [row.cells for row in rows[1:]] == [rows[1].cells, rows[2].cells]
    assert rows[1:][1].cells["postcode"] == "0150"
    assert list(rows[3:]) == []
