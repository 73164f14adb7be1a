"""The settings under test. Read before any conftest, so the mode is chosen here: never this machine's own keys."""

import os
import tempfile

os.environ.setdefault("FOTSPOR_MODE", "test")
os.environ.setdefault("FOTSPOR_HOME", tempfile.mkdtemp(prefix="fotspor-test-"))
os.environ.setdefault("FOTSPOR_RATES", "off")  # tests ask as fast as they can; those of the rates choose their own
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's own loop runs in the test thread

from fotspor.config.settings import *  # noqa: F403

# Quick where strength is not what is tested.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
