"""Nothing is served on a log that could be changed, or on a database that is not at this version."""

import os
from pathlib import Path

from fotspor.config import readiness


class NotReady(Exception):
    """The pages may not be served yet."""


def is_at_this_version() -> bool:
    """Has every migration been applied to the database?"""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def refuse_to_start() -> None:
    """Is this installation fit to be served? Errors: NotReady with what to do, or the failed check."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    if settings.IS_PRODUCTION and (lacking := list(readiness.lacking(os.environ, Path(settings.HOME)))):
        raise NotReady("\n".join(lacking))
    if not is_at_this_version():
        raise NotReady("The database is not at this version of Fotspor. Run `fotspor migrate`.")
    call_command("check", databases=["default"], fail_level="ERROR", verbosity=0)
    connection.close()
