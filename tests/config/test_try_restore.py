"""A copy is put back on trial, beside what stands; what should have run and has not is told."""

import shutil

import pytest

from tests.config.installation import installation
from tests.config.test_restore import USER, cut, other_rows

pytestmark = pytest.mark.slow

RUNS = """
from fotspor.kit.models import Run
for r in Run.objects.filter(name="restore_tried").order_by("pk"):
    print((r.name, bool(r.failed), r.ended_at is not None))
"""
TASKS = """
from fotspor.worklist.models import Task
print(sorted(Task.objects.open().filter(source="operation").values_list("ref", flat=True)))
"""
LATER = """
from datetime import timedelta
from django.db.migrations.recorder import MigrationRecorder
rows = MigrationRecorder.Migration.objects.all()
[rows.filter(pk=r.pk).update(applied=r.applied - timedelta(days={days})) for r in rows]
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory, migrated, django_db_blocker):
    with django_db_blocker.unblock(), installation(tmp_path_factory.mktemp("home"), like=migrated) as own:
        own.run(*USER)
        own.run("backup")
        yield own


def spoilt(own, how, folder):
    copy = folder / own.copies()[-1].name
    for ending in (copy.suffix, ".json"):
        shutil.copy2(own.copies()[-1].with_suffix(ending), copy.with_suffix(ending))
    how(copy)
    return copy


def test_the_newest_copy_is_tried_and_nothing_that_stands_is_touched(own):
    before = own.contents()
    said = own.run("try-restore")
    assert own.copies()[-1].name in said
    assert "can be put back" in said
    assert own.contents() == before
    assert own.python(RUNS).endswith("('restore_tried', False, True)")
    assert not list(own.home.glob("try-restore-*")), "nothing is left of it"


@pytest.mark.parametrize(("how", "says"), [(cut, "cut off, or changed"), (other_rows, "")])
def test_a_copy_that_cannot_be_put_back_is_found_before_it_is_needed(own, how, says, tmp_path):
    before = own.contents()
    assert says in own.run("try-restore", str(spoilt(own, how, tmp_path)), code=1)
    assert own.contents() == before
    assert own.python(RUNS).endswith("('restore_tried', True, True)")
    assert not list(own.home.glob("try-restore-*"))
    own.run("try-restore")


def test_what_is_late_is_told_and_becomes_tasks_and_goes_when_it_has_run(own):
    own.run("backup")
    assert "Everything is in order." in own.run("watch")
    own.python(LATER.format(days=60))
    assert "tasks wait for the administrator" in own.run("watch")
    waiting = own.python(TASKS)
    assert "run:late:audit_seal" in waiting
    assert "run:late:backup" not in waiting
    own.run("audit", "seal")
    own.run("watch")
    assert "run:late:audit_seal" not in own.python(TASKS)
