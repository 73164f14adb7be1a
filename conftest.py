"""For every test: the words as they stand in the catalogues now. The mode is chosen in `tests/settings.py`."""

import os

import hypothesis
import pytest
from django.utils import translation

from fotspor.kit import messages

messages.compile_all()

pytest_plugins = ["fotspor.access.tests.fixtures"]  # the log refuses the flush after a transactional test

# `make test` draws the same examples each time, so that a red run is somebody's change; `make test-all` draws new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("new", deadline=None)
hypothesis.settings.load_profile("new" if os.environ.get("FOTSPOR_TEST_ALL") else "same")


@pytest.fixture(autouse=True)
def in_bokmaal():
    """A page asked for in another language leaves it behind in the thread; the next test begins in the first one."""
    translation.activate("nb")


def pytest_collection_modifyitems(items):
    """Files that take long come first, so that no worker is left with one of them when the other is done."""
    long = {item.path for item in items if item.get_closest_marker("slow") or "fire" in item.path.parts}
    items.sort(key=lambda item: item.path not in long)
