from django.db import migrations

from fotspor.access import triggers


def lock(apps, schema_editor):
    triggers.create(schema_editor.connection)


def unlock(apps, schema_editor):
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    """The database refuses update, delete and truncate of the log; how, only it and `access.triggers` know."""

    dependencies = [("access", "0001_initial")]

    operations = [migrations.RunPython(lock, unlock)]
