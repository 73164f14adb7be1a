"""For every test: the words as they stand in the catalogues now. The mode is chosen in `tests/settings.py`."""

from fotspor.kit import messages

messages.compile_all()

pytest_plugins = ["fotspor.access.tests.fixtures"]  # the log refuses the flush after a transactional test
