"""For every test: synthetic people only, a key folder of its own, and a database named by DATABASE_URL or SQLite."""

import os
import tempfile

os.environ.setdefault("FOTSPOR_MODE", "test")
os.environ.setdefault("FOTSPOR_HOME", tempfile.mkdtemp(prefix="fotspor-test-"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's own loop runs in the test thread

from fotspor.kit import messages

messages.compile_all()

pytest_plugins = ["fotspor.access.tests.fixtures"]  # the log refuses the flush after a transactional test
