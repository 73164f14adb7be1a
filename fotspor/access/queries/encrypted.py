# ruff: noqa: S608 (the names are those of our own tables, quoted)
"""What stands encrypted in the database?"""

from django.apps import apps
from django.db import connection

from fotspor.kit.encryption import EncryptedTextField


def encrypted_columns() -> list[tuple[str, str, str]]:
    """Which columns stand encrypted? Shape: (table, primary key's column, column)."""
    return [
        (model._meta.db_table, model._meta.pk.column, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def encrypted_values() -> int:
    """How many values stand in them?"""
    total = 0
    with connection.cursor() as cursor:
        for table, _key, column in encrypted_columns():
            names = [connection.ops.quote_name(name) for name in (column, table)]
            cursor.execute("SELECT count({}) FROM {}".format(*names))
            total += cursor.fetchone()[0]
    return total
