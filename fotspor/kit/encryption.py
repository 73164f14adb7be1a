"""Encrypted columns, and a keyed index for finding an identity number without being able to read it.

The first key in FIELD_KEYS encrypts, every key decrypts, so keys can be rotated while the system runs: a process that
meets a value it cannot open looks once more for keys where it found its own. The index key is separate and stays,
since changing it means writing every index anew.
"""

import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> bytes:
    return _box(tuple(settings.FIELD_KEYS)).encrypt(text.encode())


def decrypt(sealed: bytes) -> str:
    try:
        return _box(tuple(settings.FIELD_KEYS)).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        newer = settings.FIELD_KEYS_NOW()
        if newer == settings.FIELD_KEYS:
            raise
        settings.FIELD_KEYS[:] = newer
        return _box(tuple(newer)).decrypt(bytes(sealed)).decode()


def is_under_first_key(sealed: bytes) -> bool:
    try:
        _box((settings.FIELD_KEYS[0],)).decrypt(sealed)
    except InvalidToken:
        return False
    return True


def under_first_key(sealed: bytes) -> bytes:
    """The same value under the first key."""
    return encrypt(decrypt(sealed))


SEALED = "fotspor"


def key_seals() -> tuple[str, str]:
    """What shows, beside a copy of the database, whether keys fit it: one for the field keys, one for the index key."""
    return encrypt(SEALED).decode(), blind_index(SEALED)


def keys_fit(field_seal: str, index_seal: str) -> tuple[bool, bool]:
    """Do the keys in use fit a copy with these seals: the field keys, and the index key?"""
    try:
        field_fits = decrypt(field_seal.encode()) == SEALED
    except InvalidToken:
        field_fits = False
    return field_fits, hmac.compare_digest(blind_index(SEALED), index_seal)


def blind_index(text: str) -> str:
    """A keyed digest: equal numbers give equal digests, and without the key a digest tells nothing."""
    return hmac.digest(settings.INDEX_KEY.encode(), text.encode(), "sha256").hex()


class EncryptedTextField(models.BinaryField):
    """Text that stands encrypted in the database and in every dump of it. It cannot be searched."""

    def get_prep_value(self, value):
        return super().get_prep_value(None if value is None else encrypt(value))

    def from_db_value(self, value, expression, connection):
        return None if value is None else decrypt(value)

    def to_python(self, value):
        return value
