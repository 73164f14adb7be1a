"""A new key while the system runs: all is written under it, nothing is lost, and it may be killed and run again."""

import signal
import time

import pytest

from tests.config.installation import installation

pytestmark = pytest.mark.slow
FILL = """
from fotspor.people.models import Person
from fotspor.kit.encryption import blind_index
Person.objects.bulk_create([Person(given_name="Prøve", family_name="Person", identity_number=str(n),
                                   identity_index=blind_index(str(n)), registered_at="2026-11-22T08:00:00Z")
                            for n in range({count})])
"""
SECRET = "GEZDGNBVGY3TQOJQ"
UNDER_FIRST = """
from django.db import connection
from fotspor.kit import encryption
with connection.cursor() as cursor:
    cursor.execute("SELECT identity_number FROM people_person WHERE identity_number IS NOT NULL")
    rows = [bytes(sealed) for (sealed,) in cursor.fetchall()]
numbers = sorted(int(encryption.decrypt(row)) for row in rows)
print(sum(map(encryption.is_under_first_key, rows)), numbers == list(range({count})))
"""


@pytest.fixture
def own(tmp_path, migrated, django_db_blocker):
    with django_db_blocker.unblock(), installation(tmp_path, like=migrated) as found:
        yield found


def keys(own):
    return (own.home / "keys" / "fotspor_field_keys").read_text().split(",")


def test_every_value_is_written_under_the_new_key_and_reads_as_before(own):
    own.python(FILL.format(count=30))
    (old,) = keys(own)
    said = own.run("keys", "rotate")
    assert "30 values" in said
    assert keys(own)[1:] == [old]
    assert own.python(UNDER_FIRST.format(count=30)) == "30 True"
    assert "0 values" in own.run("keys", "rotate", "--keep"), "run again it finds nothing to do"
    assert "1 old keys taken away" in own.run("keys", "rotate", "--keep", "--drop-old")
    assert len(keys(own)) == 1
    assert own.python(UNDER_FIRST.format(count=30)) == "30 True"


def test_killed_on_its_way_it_is_run_again(own):
    own.python(FILL.format(count=3000))
    process = own.start("keys", "rotate")
    time.sleep(1.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert own.python(UNDER_FIRST.format(count=3000)).endswith("True"), "half under each key, all of them readable"
    own.run("keys", "rotate", "--keep")
    assert own.python(UNDER_FIRST.format(count=3000)) == "3000 True"


def test_keys_from_the_environment_are_not_touched(own):
    own.extra = {"FOTSPOR_FIELD_KEYS": keys(own)[0]}
    assert "comes from the environment" in own.run("keys", "rotate", code=1)


def test_a_second_factor_survives_the_change_of_keys(own):
    own.run("user", "first@example.invalid", "--given-name", "Prøve", "--family-name", "Person",
            "--municipality", "Prøve")  # fmt: skip
    secret = "from allauth.mfa.models import Authenticator as A; from allauth.mfa.totp.internal.auth import TOTP; "
    own.python(
        secret + "from fotspor.services.models import Staff; TOTP.activate(Staff.objects.get(), 'GEZDGNBVGY3TQOJQ')"
    )
    assert "1 second factors" in own.run("keys", "rotate", "--drop-old")
    read = "from fotspor.kit.encryption import decrypt; print(decrypt(A.objects.get().data['secret'].encode()))"
    assert own.python(secret + read) == SECRET
