"""The users of the load find their way by the pages of today: what they press is there, and is saved."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from benchmarks.browser import Browser
from benchmarks.tally import Tally
from benchmarks.users import READS, WRITES, User
from fotspor.pathways.tests.world import AT, TODAY, build
from fotspor.services.session_store import SessionStore

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def world():
    with time_machine.travel(AT, tick=False):
        world = build()
        world.add_staff("director", "office", "director")
        for days in (6, 45, 400):
            world.pregnancy()
            world.birth(born_on=TODAY - timedelta(days=days))
            world.child(born_on=TODAY - timedelta(days=days))
        yield world


@pytest.fixture
def enter(world, live_server):
    def entered(name, role, seed=1):
        client = Client()
        client.force_login(world.staff[name])
        port = int(live_server.url.rpartition(":")[2])
        assert SessionStore().exists(client.session.session_key)
        browser = Browser(port, client.session.session_key)
        return User(role=role, browser=browser, tally=Tally(), today=TODAY, seed=seed)

    return entered


def test_everybody_reads_what_their_role_reads(enter):
    for name, role in (("nurse", "nurse"), ("leader", "unit_leader"), ("educator", "kindergarten"), ("director",) * 2):
        user = enter(name, role)
        for what in READS.get(role, READS["clinic"]):
            user.read(what)
        assert not user.tally.errors
        assert not user.tally.refused, (role, user.tally.refused)


def test_nurses_and_midwives_save_each_kind_of_thing(enter):
    users = [enter(role, role) for role in ("nurse", "midwife")]
    for user in users:
        for what in (*WRITES, *WRITES):
            user.child()
            user._write(what)
    assert not any(user.tally.errors for user in users)
    done = {what for user in users for what in user.tally.done}
    assert {"book", "record", "sign", "write a task"} <= done, [user.tally.refused for user in users]
    assert {"take over", "hand over"} & done


def test_one_request_in_five_is_a_write_when_nurses_work_alone(enter):
    user = enter("nurse", "nurse", seed=3)
    for _thing in range(20):
        user.act()
    assert not user.tally.errors
    assert 13 <= user.tally.share <= 26
