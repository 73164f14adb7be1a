"""Killed with SIGKILL at every point of a form that is sent: all of it stands or nothing; sent again it is done once.

The form is really sent, by a process that is really killed: before a statement that writes, before a commit and just
after one. What then stands is asked by another process, and the form is sent again with the token it had.
"""

import pytest

from tests.fire.invariants import broken
from tests.fire.own import EVERYTHING, contents, counted, killed, sampled
from tests.fire.posts import POSTS

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


@pytest.mark.parametrize("name", POSTS)
def test_a_form_is_stored_whole_or_not_at_all(place, name):
    post = POSTS[name]
    act = post.open(place)
    place.become_template()
    untouched, before = place.ask(lambda: [contents(), post.stands()])
    count, (status, leads) = counted(place, act)
    assert status == 302, leads
    done = place.ask(post.stands)
    assert done == [was + 1 for was in before], "one more of each"
    seen, is_new = set(), False
    for point in sampled(count):
        if not is_new:
            place.anew()
        assert killed(place, act, point).was_killed
        now, stands, wrong = place.ask(lambda: [contents(), post.stands(), broken()])
        assert wrong == [], f"killed at point {point} of {count}"
        assert stands == done or now == untouched, f"half of it stands when killed at point {point} of {count}"
        seen.add(stands == done)
        is_new = now == untouched
        if EVERYTHING or point in (0, count - 1):
            is_new = False
            status, leads = place.ask(act)
            assert status == 302, leads
            assert place.ask(lambda: [post.stands(), broken()]) == [done, []]
    assert seen == {False, True}, "the first point is before anything, and the last is after all of it"
