"""What an operator does in the first week: the code of the first page, and staff from a file."""

from pathlib import Path

import click

from fotspor.config.start import NotReady, is_at_this_version
from fotspor.config.upkeep import start_django


def _address(path: str) -> str:
    from django.conf import settings

    host = next(iter(settings.ALLOWED_HOSTS), "127.0.0.1")
    return f"https://{host}{path}" if settings.IS_PRODUCTION else f"http://{host}:8000{path}"


@click.command()
def setup() -> None:
    """Print a one-time code for the first page, good for a day. A new code makes those before it void."""
    start_django()
    from django.urls import reverse
    from django.utils import translation

    from fotspor.access.rules import SYSTEM
    from fotspor.kit import clock
    from fotspor.kit.errors import Refused
    from fotspor.services import actions

    if not is_at_this_version():
        raise NotReady("The database is not at this version of Fotspor. Run `fotspor migrate`.")
    with translation.override("en"):
        try:
            code = actions.make_setup_code(by=SYSTEM, at=clock.now())
        except Refused as refused:
            raise click.ClickException(str(refused.message)) from refused
    click.echo(
        f"The code, for one use within 24 hours:\n\n  {code}\n\nWrite it at {_address(reverse('services:setup'))}"
    )


@click.command("staff")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", is_flag=True, help="Take the file in; without it, what each row does is only shown.")
def import_staff(file: Path, *, apply: bool) -> None:
    """Take in staff from a CSV file: whole, or not at all. Prints a one-time link for each who is new."""
    start_django()
    from django.utils import translation

    from fotspor.access.rules import SYSTEM
    from fotspor.kit import clock
    from fotspor.services import actions, labels, queries
    from fotspor.services.rules.staff_files import BadFile

    content = file.read_bytes()
    with translation.override("en"):
        try:
            found = queries.staff_file(viewer=SYSTEM, name=file.name, content=content, at=clock.now(),
                                       on=clock.today())  # fmt: skip
        except BadFile as bad:
            raise click.ClickException(labels.FILE_FAULTS[bad.fault] % {"detail": bad.detail}) from bad
        for each in found.refused:
            click.echo(f"  row {each.row.line.number}: {' '.join(each.reasons)}")
        if found.refused:
            raise click.ClickException(f"{len(found.refused)} rows to correct. Nothing was stored.")
        click.echo(f"{found.invited} new, {found.posts} get a post, {found.same} unchanged.")
        if not apply:
            click.echo("Nothing was stored. Say --apply to take the file in.")
            return
        _print_links(actions.take_in_staff(content=content, by=SYSTEM, at=clock.now()).links)


def _print_links(links) -> None:
    from django.urls import reverse

    from fotspor.services import rules

    if links:
        click.echo(f"One-time links, valid for {rules.INVITATION_DAYS} days:")
    for invitation, token in links:
        click.echo(f"  {invitation.staff.email}: {_address(reverse('services:invitation', args=[token]))}")
