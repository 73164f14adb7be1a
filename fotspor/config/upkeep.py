"""What an operator does to keep the installation: copies, putting one back, new keys, sealing the log."""

from datetime import datetime
from pathlib import Path

import click

from fotspor.config.backup import NoBackup
from fotspor.config.keys import NoNewKey
from fotspor.config.restore import NoRestore
from fotspor.config.serving import IsServing
from fotspor.config.start import NotReady

REFUSALS = (NoBackup, NoNewKey, NoRestore, IsServing, NotReady)


def start_django() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fotspor.config.settings")
    django.setup()


def take_backup(*, keep: Path | None = None) -> Path | None:
    """Take a copy now, noted as a run unless the database is too old to note it. `keep` is never cleared away."""
    from django.conf import settings
    from django.db import DatabaseError

    from fotspor.config import backup
    from fotspor.kit import clock, encryption
    from fotspor.kit.models import Run

    folder, database = Path(settings.HOME) / "backups", settings.DATABASES["default"]

    def take() -> Path | None:
        return backup.take(database, folder, clock.now(), seals=encryption.key_seals(), keep=keep)

    try:
        with Run.noted("backup", clock=clock.now) as facts:
            copy = take()
            facts["copy"] = copy.name if copy else ""
            return copy
    except DatabaseError:  # from before runs were noted: the copy is wanted all the more
        return take()


@click.command()
def backup() -> None:
    """Take a copy of the database into FOTSPOR_HOME/backups. The copy never holds the keys; keep those apart."""
    start_django()
    copy = take_backup()
    click.echo(f"Copy taken: {copy}" if copy else "A new database: nothing to copy.")


@click.command()
@click.argument("copy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask; what is missing since is shown all the same.")
def restore(copy: Path, *, yes: bool) -> None:
    """Put a copy back. Says what is missing since, takes a copy of what stands there now, and refuses wrong keys."""
    start_django()
    from django.conf import settings
    from django.db import connections

    from fotspor.config import restore as restoring
    from fotspor.config import serving

    manifest = _readable_here(copy)
    with serving.alone(Path(settings.HOME)):
        _tell_what_is_missing(manifest)
        if not yes:
            click.confirm("Put the copy back, without these?", abort=True)
        before = _copy_of_what_stands(copy)
        connections.close_all()
        restoring.put_back(copy, manifest, settings.DATABASES["default"], Path(settings.HOME))
        _note_restore(copy, manifest)
    click.echo(f"Put back: {copy.name}, taken {manifest.taken_at}.")
    click.echo(f"What stood there before: {before}" if before else "There was nothing whole to copy before.")
    click.echo("Next: `fotspor migrate`, then `fotspor check`.")


@click.command("try-restore")
@click.argument("copy", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def try_restore(copy: Path | None) -> None:
    """Put the newest copy, or this one, back into a place of its own, count every table, and take it away again.

    The pages may be served meanwhile. PostgreSQL needs the right to make a database.
    """
    start_django()
    from django.conf import settings

    from fotspor.config import backup, restore
    from fotspor.kit import clock
    from fotspor.kit.models import Run

    with Run.noted("restore_tried", clock=clock.now) as facts:
        copy = copy or backup.newest(Path(settings.HOME) / "backups", settings.DATABASES["default"])
        manifest = _readable_here(copy)
        restore.try_out(copy, manifest, settings.DATABASES["default"], Path(settings.HOME))
        facts |= {"copy": copy.name, "taken_at": manifest.taken_at, "rows": sum(manifest.rows.values())}
    click.echo(f"{copy.name}, taken {manifest.taken_at}, can be put back: {facts['rows']} rows, counted.")


@click.command()
def watch() -> None:
    """Look at what should have run by itself; what is late or went wrong is a task for the administrator."""
    start_django()
    from fotspor.access.rules import SYSTEM
    from fotspor.kit import clock
    from fotspor.kit.models import Run
    from fotspor.operation import actions, queries

    with Run.noted("watch", clock=clock.now) as facts:
        facts["tasks"] = actions.watch(by=SYSTEM, at=clock.now())
        facts["missing"] = queries.missing(at=clock.now())
    click.echo(f"{facts['tasks']} tasks wait for the administrator." if facts["tasks"] else "Everything is in order.")


def _readable_here(copy: Path):
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    from fotspor.config import backup, restore
    from fotspor.kit import encryption

    manifest = restore.read(copy)
    known = [f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations]
    field_fits, index_fits = encryption.keys_fit(manifest.field_seal, manifest.index_seal)
    restore.refuse(manifest, engine=backup.engine_of(settings.DATABASES["default"]), known=known,
                   field_fits=field_fits, index_fits=index_fits)  # fmt: skip
    connection.close()
    return manifest


def _tell_what_is_missing(manifest) -> None:
    from django.db import DatabaseError, connection

    from fotspor.config import backup, restore

    click.echo(f"The copy was taken {manifest.taken_at}.")
    try:
        with connection.cursor() as cursor:

            def ask(sql: str) -> list[tuple]:
                cursor.execute(sql)
                return cursor.fetchall()

            names = [name for name in connection.introspection.table_names(cursor) if not name.startswith("sqlite_")]
            rows = backup.what_it_holds(ask, names)["rows"]
            missing = restore.missing_since(manifest, ask, rows)
    except DatabaseError as error:
        click.echo(f"The database as it stands cannot be read ({error}): what is missing since cannot be said.")
        return
    if missing.events:
        click.echo(f"Missing since: {missing.events} lines of the log, from {missing.first_at} to {missing.last_at},")
        click.echo(f"by {missing.staff} members of staff, about {missing.people} people.")
    else:
        click.echo("The log holds nothing since then.")
    for name, (then, now) in missing.rows.items():
        click.echo(f"  {name}: {then} in the copy, {now} now")


def _copy_of_what_stands(restored: Path) -> Path | None:
    """A copy first; a database that is too damaged to be copied does not stop the rescue."""
    try:
        return take_backup(keep=restored)
    except NoBackup as error:
        click.echo(f"What stands there now could not be copied: {error}")
        return None


def _note_restore(copy: Path, manifest) -> None:
    from django.db import DatabaseError

    from fotspor.access.actions import log
    from fotspor.access.rules import SYSTEM
    from fotspor.kit import clock
    from fotspor.kit.models import Run

    try:
        Run.end_the_one_that_made(copy.name, taken_at=datetime.fromisoformat(manifest.taken_at))
        with Run.noted("restore", clock=clock.now) as facts:
            facts |= {"copy": copy.name, "taken_at": manifest.taken_at}
    except DatabaseError:
        click.echo("The copy is from before runs were noted; this one is not.")
    log(type="access.database.restored", by=SYSTEM, at=clock.now(), copy=copy.name, taken_at=manifest.taken_at)


def tell_of_unfinished_restore() -> None:
    """Say at the start that a restore was killed on its way, and what the database holds because of it."""
    from django.conf import settings
    from django.db import connection

    from fotspor.config import restore

    note = restore.unfinished(Path(settings.HOME))
    if note is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM access_auditevent")
        (last,) = cursor.fetchone()
    holds = "the copy" if (last or 0) == note["last_event"] else "what it held before"
    click.echo(f"A restore of {note['copy']} was begun and did not end. The database holds {holds}.")
    (Path(settings.HOME) / restore.NOTE).unlink()


def tell_of_what_was_cut_off() -> None:
    """Say which commands were killed on their way, and what to run again."""
    from django.utils import timezone

    from fotspor.kit import clock
    from fotspor.operation import labels, queries

    for run in queries.cut_off(at=clock.now()):
        began = f"{timezone.localtime(run.began_at):%Y-%m-%d %H:%M}"
        click.echo(f"Cut off: {run.name}, begun {began}, never ended. What it had not done is not done.")
        click.echo(f"  Run it again: {labels.command_of(run.name)}")


@click.group()
def keys() -> None:
    """Keys for what stands encrypted."""


@keys.command("make")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def make_keys(folder: Path) -> None:
    """Make the keys that are missing in FOLDER, readable by their owner only. What is there is never written over."""
    from fotspor.config import keys as files

    made = files.make_missing(folder)
    click.echo("\n".join(f"Made {folder / name.lower()}" for name in made) or "All the keys are there already.")


@keys.command()
@click.option("--keep", is_flag=True, help="Make no new key: only write everything under the one that stands first.")
@click.option("--drop-old", is_flag=True, help="Take the old keys out of the file afterwards. Old copies need them.")
def rotate(*, keep: bool, drop_old: bool) -> None:
    """Make a new key, and write every identity number and text under it while the system runs. May be run again."""
    start_django()
    from django.conf import settings

    from fotspor.config import keys as files

    home = Path(settings.HOME)
    with files.one_at_a_time(home):
        _rotate(home, keep=keep)
        if drop_old:
            click.echo(
                f"{files.keep_first_only(home)} old keys taken away. Copies from before today need them: keep those."
            )


def _rotate(home: Path, *, keep: bool) -> None:
    from django.conf import settings

    from fotspor.access.actions import rotate_keys
    from fotspor.access.queries.encrypted import encrypted_values
    from fotspor.access.rules import SYSTEM
    from fotspor.config import keys as files
    from fotspor.kit import clock
    from fotspor.kit.models import Run
    from fotspor.services.actions import rotate_second_factors

    if not keep:
        click.echo(f"New key first in {files.put_new_key_first(home)}")
    settings.FIELD_KEYS[:] = settings.FIELD_KEYS_NOW()
    with Run.noted("keys_rotated", clock=clock.now) as facts, click.progressbar(length=encrypted_values()) as bar:
        facts["values"] = rotate_keys(by=SYSTEM, at=clock.now(), progress=bar.update)
        facts["second_factors"] = rotate_second_factors(by=SYSTEM, at=clock.now())
    click.echo(f"{facts['values']} values and {facts['second_factors']} second factors were written anew.")


@click.group()
def audit() -> None:
    """The log of who has looked and what was done."""


@audit.command()
def seal() -> None:
    """Seal what has been written in the log since last time, all but the last minute. Run it every few minutes."""
    start_django()
    from fotspor.access.actions import seal_log
    from fotspor.kit import clock
    from fotspor.kit.models import Run

    with Run.noted("audit_seal", clock=clock.now) as facts:
        facts |= {"seals": 0, "lines": 0}
        while sealed := seal_log(at=clock.now()):
            facts["seals"] += 1
            facts["lines"] += sealed.count
            missing = sum(end - start + 1 for start, end in sealed.gaps)
            click.echo(f"Seal {sealed.number}: {sealed.count} lines, {missing} numbers without a line. {sealed.digest}")
    if not facts["seals"]:
        click.echo("Nothing new that is a minute old.")


@audit.command()
@click.option("--expect", default="", help="NUMBER:DIGEST of a seal that was kept elsewhere.")
def verify(*, expect: str) -> None:
    """Work out every seal anew. Finds and names each line that was changed, removed or put in."""
    start_django()
    from fotspor.access.queries.seals import stands_as, verify
    from fotspor.kit import clock
    from fotspor.kit.models import Run

    with Run.noted("audit_verify", clock=clock.now) as facts:
        verdict = verify()
        facts |= {"seals": verdict.seals, "lines": verdict.sealed, "findings": len(verdict.findings)}
        click.echo(f"{verdict.seals} seals over {verdict.sealed} lines; {verdict.gaps} numbers have no line;")
        click.echo(f"{verdict.unsealed} lines are not sealed yet. Last: {verdict.last_number}:{verdict.last_digest}")
        for finding in verdict.findings[:100]:
            where = f"line {finding.line}" if finding.line else "the seal itself"
            click.echo(f"  {finding.kind}: {where}, in seal {finding.seal}")
        if verdict.findings:
            raise click.ClickException(f"{len(verdict.findings)} findings. The log is not as it was sealed.")
        if expect and not stands_as(expect):
            raise click.ClickException(f"No seal is {expect}. The log was sealed anew after something was changed.")
    click.echo("The log stands as it was sealed.")
