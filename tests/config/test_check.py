"""`fotspor check` says in words what is lacking, all of it at once, and gives exit code 1 until nothing is."""

import secrets

import pytest
from cryptography.fernet import Fernet

from fotspor.config.readiness import in_the_clear, lacking
from tests.config.installation import installation

GOOD = {
    "DATABASE_URL": "postgres://fotspor@localhost/fotspor",
    "FOTSPOR_HOSTS": "fotspor.example",
    "FOTSPOR_SECRET_KEY": secrets.token_urlsafe(50),
    "FOTSPOR_FIELD_KEYS": Fernet.generate_key().decode(),
    "FOTSPOR_INDEX_KEY": secrets.token_urlsafe(50),
}


def test_nothing_is_lacking_when_all_is_set(tmp_path):
    assert list(lacking(GOOD, tmp_path)) == []


@pytest.mark.parametrize("name", GOOD)
def test_each_that_is_missing_is_named_with_what_to_do(tmp_path, name):
    (said,) = lacking({key: value for key, value in GOOD.items() if key != name}, tmp_path)
    assert said.startswith(f"{name} is not set")
    assert "\n" not in said


def test_all_of_it_is_said_at_once(tmp_path):
    assert len(list(lacking({}, tmp_path))) == len(GOOD)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"FOTSPOR_HOSTS": "*"}, "every host name"),
        ({"FOTSPOR_FIELD_KEYS": "not-a-key"}, "is no key"),
        ({"FOTSPOR_FIELD_KEYS": GOOD["FOTSPOR_FIELD_KEYS"] + ",short"}, "is no key"),
    ],
)
def test_what_is_set_wrongly_is_said(tmp_path, wrong, word):
    (said,) = lacking({**GOOD, **wrong}, tmp_path)
    assert word in said


@pytest.mark.parametrize(
    ("url", "is_said"),
    [
        ("postgres://u@db.example/fotspor", True),
        ("postgresql://u@10.0.0.7:5432/fotspor?sslmode=require", True),
        ("postgres://u@db.example/fotspor?sslmode=prefer", True),
        ("postgres:///fotspor?host=db.example", True),
        ("postgres://u@db.example/fotspor?sslmode=verify-full&sslrootcert=/etc/ca.pem", False),
        ("postgres://u@127.0.0.1:5432/fotspor", False),
        ("postgres://u@localhost/fotspor", False),
        ("postgres://%2Fvar%2Frun%2Fpostgresql/fotspor", False),
        ("postgres:///fotspor", False),
        ("sqlite:////var/lib/fotspor.sqlite3", False),
        ("", False),
    ],
)
def test_a_database_far_away_without_tls_is_said(url, is_said):
    said = list(in_the_clear({"DATABASE_URL": url}))
    assert bool(said) is is_said
    assert all("sslmode=verify-full" in each for each in said)


def test_a_file_of_leaked_passwords_that_is_not_there_is_said(tmp_path):
    file = tmp_path / "leaked.txt"
    environment = {**GOOD, "FOTSPOR_LEAKED_PASSWORDS": str(file)}
    (said,) = lacking(environment, tmp_path)
    assert "cannot be read" in said
    file.write_text("")
    assert list(lacking(environment, tmp_path)) == []


def test_a_key_file_that_others_can_read_is_said(tmp_path):
    path = tmp_path / "fotspor_index_key"
    path.write_text(GOOD["FOTSPOR_INDEX_KEY"])
    environment = {key: value for key, value in GOOD.items() if key != "FOTSPOR_INDEX_KEY"}
    environment["FOTSPOR_KEYS"] = str(tmp_path)
    path.chmod(0o644)
    (said,) = lacking(environment, tmp_path / "elsewhere")
    assert f"chmod 600 {path}" in said
    path.chmod(0o600)
    assert list(lacking(environment, tmp_path / "elsewhere")) == []


@pytest.fixture
def own(tmp_path, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), installation(tmp_path) as found:
        yield found


@pytest.mark.slow
def test_production_never_runs_on_a_database_that_nobody_chose(own):
    own.extra = {**GOOD, "FOTSPOR_MODE": "production", "DATABASE_URL": ""}
    for command in ("check", "migrate", "serve"):
        assert "DATABASE_URL is not set" in own.run(command, code=1)
    assert not (own.home / "fotspor.sqlite3").exists()


@pytest.mark.slow
def test_the_command_goes_from_what_is_lacking_to_what_the_database_says(own):
    chosen = own.database_url or f"sqlite:///{own.home / 'chosen.sqlite3'}"
    own.extra = {"FOTSPOR_MODE": "production", "DATABASE_URL": chosen}
    assert "4 to put right" in own.run("check", code=1)
    own.extra |= {**GOOD, "DATABASE_URL": chosen}
    assert "fotspor migrate" in own.run("check", code=1)
    own.run("migrate")
    said = own.run("check", code=1)
    assert "is not approved" in said, "a warning is something to put right too"
    own.extra = {"FOTSPOR_MODE": "demo", "DATABASE_URL": chosen}
    own.run("migrate")  # the demo has a table of its own
    assert "in order" in own.run("check")
