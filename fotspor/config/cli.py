"""The `fotspor` command: what an operator, an administrator or a curious reader types."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path

import click

from fotspor.config import first_week, upkeep

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class InWords(click.Group):
    """A command that is refused says why in a sentence, with exit code 1, and never with a trace of calls."""

    def invoke(self, context: click.Context):
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management.base import CommandError
        from django.db import OperationalError
        from django.http import Http404
        from django.utils import translation

        from fotspor.kit.errors import Refused

        try:
            return super().invoke(context)
        except (CommandError, ImproperlyConfigured, Refused, OperationalError, *upkeep.REFUSALS) as error:
            with translation.override("en") if settings.configured else nullcontext():  # commands speak one language
                said = str(getattr(error, "message", error))
            raise click.ClickException(said) from error
        except Http404 as error:
            raise click.ClickException(f"There is no such thing. {error}".strip()) from error


@click.group(context_settings=CONTEXT, cls=InWords)
def main() -> None:
    """Fotspor: no child slips between services, from pregnancy to school start.

    Settings come from the environment (docs/how-to/install.md). Every command may be run twice.
    """


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
@click.option("--only-build", is_flag=True, help="Build the municipality and stop.")
@click.option("--seed", default=2011, show_default=True, help="The same seed gives the same municipality.")
def demo(port: int, only_build: bool, seed: int) -> None:
    """Build a synthetic municipality if there is none, bring it up to today, and serve it."""
    if os.environ.get("FOTSPOR_MODE") != "demo":
        raise click.ClickException("`fotspor demo` needs FOTSPOR_MODE=demo: it never touches a real municipality.")
    upkeep.start_django()
    from django.core.management import call_command

    _refuse_a_real_one()
    migrate_with_backup()
    call_command("build_municipality", size="small", seed=seed)
    if not only_build:
        serve_static_and_pages(port)


@main.command()
@click.option("--size", type=click.Choice(["tiny", "small", "city", "nation"]), default="city", show_default=True)
@click.option("--seed", default=2011, show_default=True, help="The same seed gives the same municipality.")
def build(size: str, seed: int) -> None:
    """Build a synthetic municipality of that size in an empty database, for measuring. See build-a-city.md."""
    if os.environ.get("FOTSPOR_MODE") != "demo":
        raise click.ClickException("`fotspor build` needs FOTSPOR_MODE=demo: it never touches a real municipality.")
    upkeep.start_django()
    from django.core.management import call_command

    _refuse_a_real_one()
    migrate_with_backup()
    call_command("build_municipality", size=size, seed=seed)


def _refuse_a_real_one() -> None:
    """A database that holds a municipality nobody simulated is somebody's real one, whatever the mode says."""
    from django.db import connection

    tables = set(connection.introspection.table_names())
    if "services_municipality" not in tables:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM services_municipality")
        (real,) = cursor.fetchone()
        if "simulation_build" in tables:
            cursor.execute("SELECT count(*) FROM simulation_build")
            real = real and not cursor.fetchone()[0]
    if real:
        raise click.ClickException("This database holds a municipality that the demo did not make. Nothing was done.")


@main.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def serve(port: int, host: str) -> None:
    """Serve the pages with as many workers as the machine has cores."""
    upkeep.start_django()

    serve_static_and_pages(port, host)


def serve_static_and_pages(port: int, host: str = "127.0.0.1") -> None:
    from django.conf import settings
    from django.core.management import call_command

    from fotspor.config import serving
    from fotspor.config.start import refuse_to_start

    refuse_to_start()
    upkeep.tell_of_unfinished_restore()
    upkeep.tell_of_what_was_cut_off()
    serving.hold(Path(settings.HOME))

    call_command("collectstatic", interactive=False, verbosity=0)
    workers = str(os.cpu_count() or 1)
    click.echo(f"\n  Fotspor is ready: http://{host}:{port}\n  Stop it with Ctrl-C.\n")
    python = sys.executable
    os.execv(  # noqa: S606 - no shell, our own interpreter
        python,
        [
            python,
            "-m",
            "gunicorn",
            "--bind",
            f"{host}:{port}",
            "--workers",
            workers,
            "--preload",  # the application is loaded once and shared; `refuse_to_start` leaves no connection open
            "--log-level",
            "warning",
            "--access-logformat",  # when one is asked for: no query, no referer, no browser
            "%(t)s %(m)s %(U)s %(s)s %(L)s",
            "fotspor.config.wsgi:application",
        ],
    )


@main.command()
@click.option("--without-backup", is_flag=True, help="When a copy has been taken in another way.")
def migrate(without_backup: bool) -> None:
    """Bring the database to this version. A copy is taken first."""
    upkeep.start_django()
    migrate_with_backup(without_backup=without_backup)


def migrate_with_backup(*, without_backup: bool = False) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from fotspor.config.upkeep import take_backup

    executor = MigrationExecutor(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not steps:
        click.echo("The database is up to date.")
        return
    if not executor.loader.applied_migrations:
        click.echo("A new database: nothing to copy.")
    elif not without_backup:
        click.echo(f"Copy taken: {take_backup()}")
    connection.close()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    click.echo(f"{len(steps)} steps done.")


@main.group("import")
def import_() -> None:
    """Take in people, forms or staff from a file."""


@import_.command("people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", type=click.Path(exists=True, path_type=Path), help="TOML that says which column is what.")
@click.option("--apply", is_flag=True, help="Apply; without it the differences are only shown.")
@click.option("--although-many-are-missing", "accepts_missing", is_flag=True, help="The file really is this short.")
@click.option("--rows", type=int, help="How many rows the file has, as whoever made it says.")
def import_people(**options) -> None:
    """Take in a population register extract (CSV or XLSX), household by household."""
    upkeep.start_django()
    from django.core.management import call_command

    call_command("import_people", options.pop("file"), **options)


@import_.command("responses")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--instrument", required=True, help="Which instrument, such as epds.")
@click.option("--mapping", required=True, type=click.Path(exists=True, path_type=Path), help="TOML: column to item.")
@click.option("--wave", default="", help="Take only the rows of this wave.")
@click.option(
    "--as",
    "as_",
    type=click.Choice(["history", "current"]),
    default="history",
    show_default=True,
    help="History is counted and opens nothing; current opens what the routine says.",
)
@click.option("--unit", default="", help="Name of the unit that answers the results of current forms.")
@click.option("--answered-on", default="", help="Day the wave was answered, when it is not the mapping's.")
@click.option("--rows", type=int, help="How many rows the file has, as whoever made it says.")
def import_responses(**options) -> None:
    """Take in item-level forms, complete or not."""
    upkeep.start_django()
    from django.core.management import call_command

    call_command("import_responses", options.pop("file"), **options)


@main.command()
@click.option("--check", is_flag=True, help="Only say what differs between the stored tasks and the rules.")
def plan(check: bool) -> None:
    """Rebuild every expected contact and task from the facts and the published pathways."""
    upkeep.start_django()
    from django.core.management import call_command

    call_command("plan", check=check)


@main.command()
def slipping() -> None:
    """Count, per unit, the children who are about to slip: overdue, unheld, unanswered."""
    upkeep.start_django()
    from django.core.management import call_command

    call_command("slipping")


@main.command()
@click.argument("email")
@click.option("--given-name", required=True)
@click.option("--family-name", required=True)
@click.option("--municipality", default="", help="Name of the municipality, when this is the first user.")
def user(email: str, given_name: str, family_name: str, municipality: str) -> None:
    """Make an administrator and print a one-time link for choosing a password."""
    upkeep.start_django()
    from django.core.management import call_command

    call_command(
        "make_administrator", email=email, given_name=given_name, family_name=family_name, municipality=municipality
    )


@main.command()
def check() -> None:
    """Check settings, database, triggers of the log and definitions. Anything to put right gives exit code 1."""
    from fotspor.config import readiness

    home = Path(os.environ.get("FOTSPOR_HOME", Path(__file__).resolve().parents[2] / "var"))
    is_production = os.environ.get("FOTSPOR_MODE", "production") == "production"
    wrong = list(readiness.lacking(os.environ, home)) if is_production else []
    if not wrong:
        upkeep.start_django()
        wrong = list(readiness.found())
    if wrong:
        said = "\n".join(f"  - {each}" for each in wrong)
        raise click.ClickException(f"{len(wrong)} to put right before this is run in earnest:\n{said}")
    click.echo("Settings, database, log and definitions are in order.")
    upkeep.tell_of_what_was_cut_off()


import_.add_command(first_week.import_staff)
main.add_command(first_week.setup)
for command in (upkeep.backup, upkeep.restore, upkeep.try_restore, upkeep.keys, upkeep.audit, upkeep.watch):
    main.add_command(command)
