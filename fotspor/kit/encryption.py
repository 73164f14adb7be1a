"""Encrypted columns, and a keyed index for finding an identity number without being able to read it.

The first key in FIELD_KEYS encrypts, every key decrypts, so keys can be rotated while the system runs. The index key
is separate and stays, since changing it means writing every index anew.
"""

import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> bytes:
    return _box(tuple(settings.FIELD_KEYS)).encrypt(text.encode())


def decrypt(sealed: bytes) -> str:
    return _box(tuple(settings.FIELD_KEYS)).decrypt(bytes(sealed)).decode()


def blind_index(text: str) -> str:
    """A keyed digest: equal numbers give equal digests, and without the key a digest tells nothing."""
    return hmac.new(settings.INDEX_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.BinaryField):
    """Text that stands encrypted in the database and in every dump of it. It cannot be searched."""

    def get_prep_value(self, value):
        return super().get_prep_value(None if value is None else encrypt(value))

    def from_db_value(self, value, expression, connection):
        return None if value is None else decrypt(value)

    def to_python(self, value):
        return value
