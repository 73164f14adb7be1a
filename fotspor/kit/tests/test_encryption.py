"""What stands encrypted cannot be read without a key, and keys can be changed one at a time."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from fotspor.access.models import EmergencyAccess
from fotspor.kit import encryption


@given(st.text(max_size=200))
def test_what_is_sealed_is_read_back(text):
    assert encryption.decrypt(encryption.encrypt(text)) == text


def test_the_same_text_is_sealed_differently_each_time():
    assert encryption.encrypt("21849012345") != encryption.encrypt("21849012345")


def test_an_old_key_still_reads_and_the_new_one_seals(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    sealed = encryption.encrypt("avtalt å ringe")
    settings.FIELD_KEYS = [new, old]
    assert encryption.decrypt(sealed) == "avtalt å ringe"
    resealed = encryption.encrypt("avtalt å ringe")
    settings.FIELD_KEYS = [new]
    assert encryption.decrypt(resealed) == "avtalt å ringe"
    with pytest.raises(InvalidToken):
        encryption.decrypt(sealed)


def test_the_index_finds_equal_numbers_and_depends_on_the_key(settings):
    first = encryption.blind_index("21849012345")
    assert first == encryption.blind_index("21849012345")
    assert first != encryption.blind_index("21849012346")
    settings.INDEX_KEY = "another key"
    assert encryption.blind_index("21849012345") != first


def test_an_encrypted_field_holds_no_readable_text_in_the_database():
    field = EmergencyAccess._meta.get_field("reason")
    stored = field.get_prep_value("Barnet er alene hjemme")
    assert b"Barnet" not in bytes(stored)
    assert field.from_db_value(stored, None, connection) == "Barnet er alene hjemme"
    assert field.get_prep_value(None) is None
    assert field.from_db_value(None, None, connection) is None
