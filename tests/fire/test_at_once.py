"""Two at the same moment: two timers that run the same command, and two who send the same form or want the same baton.

Real processes, let go together. There is one effect, no error is shown, and nobody is told that a database is locked.
"""

import os
import time

import pytest

from tests.fire.invariants import broken
from tests.fire.own import EVERYTHING, command
from tests.fire.posts import POSTS
from tests.fire.test_killed_commands import copies, first_district, spoil, taken_in, write_something
from tests.journeys.world import NOW

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]
TIMES = 6 if EVERYTHING else 1


def together(place, *acts):
    """Each in a child of its own, all let go at once. What each gave back."""
    gate = place.home / f"gate-{time.monotonic_ns()}"

    def waiting(act):
        def when_let_go():
            act_now = act
            while not gate.exists():
                time.sleep(0.0005)
            return act_now()

        return when_let_go

    running = [place.start(waiting(act)) for act in acts]
    time.sleep(0.15)  # they are up and stand at the gate
    gate.touch()
    ended = [each.end() for each in running]
    for each in ended:
        assert (each.signal, each.code) == (0, 0), each.said
        assert "locked" not in each.said
    return [each.result for each in ended]


def both_ran(place, *arguments):
    said = together(place, command(*arguments), command(*arguments))
    assert [code for code, _said in said] == [0, 0], said
    assert "locked" not in str(said)
    assert place.ask(broken) == []
    return [text for _code, text in said]


# --- commands -------------------------------------------------------------------------------------------------------


def test_two_plans(place):
    place.ask(spoil)
    said = both_ran(place, "plan")
    assert any("put right" in each for each in said)
    assert place.ask(runs("plan")) == [["", True], ["", True]]


def runs(name):
    def act():
        from fotspor.kit.models import Run

        found = Run.objects.filter(name=name).order_by("pk")
        return [[run.failed, run.ended_at is not None] for run in found]

    return act


def test_two_seals(place):
    place.ask(write_something)
    place.at = NOW.replace(year=NOW.year + 1)
    both_ran(place, "audit", "seal")
    assert place.ask(seals) == [[1], []]


def seals():
    from fotspor.access.models import AuditSeal
    from fotspor.access.queries.seals import verify

    return [list(AuditSeal.objects.values_list("number", flat=True)), [each.kind for each in verify().findings]]


def test_two_watches(place):
    place.at = NOW.replace(year=NOW.year + 1)
    both_ran_late = together(place, command("watch"), command("watch"))
    assert [code for code, _said in both_ran_late] == [0, 0], both_ran_late
    refs = place.ask(waiting_tasks)
    assert refs
    assert len(refs) == len(set(refs))


def waiting_tasks():
    from fotspor.worklist.models import Task

    return sorted(Task.objects.open().filter(source="operation").values_list("ref", flat=True))


def test_two_copies(place):
    both_ran(place, "backup")
    assert len(copies(place)) == 2
    left = {path.name for path in (place.home / "backups").iterdir()}
    assert left == {name for copy in copies(place) for name in (copy.name, copy.with_suffix(".json").name)}


def test_two_who_take_in_the_same_register(place):
    from fotspor.pathways.tests.test_register_rules import GROWN, MOTHER, TWIN, as_csv, cells

    district = place.ask(first_district)
    alone = {"guardian_1_number": "", "guardian_1_kind": "", "custody": "", "birth_date": GROWN.isoformat()}
    file = place.home / "register.csv"
    rows = [cells(district_code=district), cells(district_code=district, identity_number=TWIN, given_name="Tvilling"),
            cells(district_code=district, identity_number=MOTHER, given_name="Varm", **alone)]  # fmt: skip
    file.write_bytes(as_csv(*rows))
    before = place.ask(taken_in)
    arguments = ("import", "people", file, "--apply", "--rows", "3")
    for _time in range(TIMES):
        place.anew()
        both_ran(place, *arguments)
        after = place.ask(taken_in)
        assert after[0] == before[0] + 3
        assert place.ask(finished) in ([True], [True, True]), (
            "one import; or two, where the second found all of it done"
        )


def finished():
    from fotspor.pathways.models import RegisterImport, RegisterRow

    assert not RegisterRow.objects.filter(change="refused").exists()
    return [each.finished_on is not None for each in RegisterImport.objects.all()]


def test_two_rotations_of_keys_lose_no_key(place):
    def rotate():
        from django.conf import settings

        from fotspor.kit.encryption import _box

        keys = place.home / "keys"
        os.environ["FOTSPOR_KEYS"] = str(keys)
        settings.FIELD_KEYS_NOW = lambda: (keys / "fotspor_field_keys").read_text().split(",")
        _box.cache_clear()
        return command("keys", "rotate", "--drop-old")()

    def readable():
        os.environ["FOTSPOR_KEYS"] = str(place.home / "keys")
        from django.conf import settings

        settings.FIELD_KEYS[:] = (place.home / "keys" / "fotspor_field_keys").read_text().split(",")
        from fotspor.people.models import Person

        return [len(settings.FIELD_KEYS), [each.identity_number for each in Person.objects.order_by("pk")], broken()]

    def numbers():
        from django.conf import settings

        from fotspor.people.models import Person

        return [settings.FIELD_KEYS, [each.identity_number for each in Person.objects.order_by("pk")]]

    was, before = place.ask(numbers)
    (place.home / "keys").mkdir()
    (place.home / "keys" / "fotspor_field_keys").write_text(",".join(was))
    said = together(place, rotate, rotate)
    assert [code for code, _said in said] == [0, 0], said
    assert place.ask(readable) == [1, before, []]


# --- forms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POSTS if EVERYTHING else ["a form is signed", "a child is born"])
def test_the_same_form_sent_twice_at_once_is_received_once(place, name):
    post = POSTS[name]
    act, before = post.open(place), place.ask(post.stands)
    place.become_template()
    for _time in range(TIMES):
        place.anew()
        first, second = together(place, act, act)
        assert (first[0], second[0]) == (302, 302), (first, second)
        after = place.ask(lambda: [post.stands(), broken()])
        assert after[1] == []
        assert after[0] == [was + 1 for was in before]


def test_two_who_want_the_same_baton(place):
    post = POSTS["the baton is taken over"]
    before = place.ask(post.stands)
    answers = together(place, post.open(place), post.open(place, "colleague"))
    assert [status for status, _where in answers] in ([302, 302], [302, 404], [404, 302]), answers
    after = place.ask(lambda: [post.stands()[:3], broken()])
    assert after == [[was + 1 for was in before[:3]], []]


def test_two_who_record_the_same_contact(place):
    post = POSTS["a contact is recorded"]
    before = place.ask(post.stands)
    answers = together(place, post.open(place, note="Klok"), post.open(place, "colleague", note="Mild"))
    assert sorted(status for status, _text in answers) == [302, 422], [a[1][:200] for a in answers]
    assert place.ask(lambda: [post.stands()[0] - before[0], broken()]) == [1, []]


def test_a_command_in_the_middle_of_the_day_is_in_nobodys_way(place):
    place.ask(spoil)
    post = POSTS["a form is signed"]
    (code, said), (status, where) = together(place, command("plan"), post.open(place))
    assert (code, status) == (0, 302), (said, where)
    assert place.ask(broken) == []
