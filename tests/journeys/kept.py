"""What was built in an empty database, and the database as it stood then: built once, and put back each time."""

import sqlite3
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from django.db import connection

_KEPT: dict[Callable[[], Any], tuple[sqlite3.Connection, Any]] = {}


def again(build: Callable[[], Any]) -> Any:
    """What `build` makes in an empty database. The second time, the whole database is put back as it stood then."""
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        return build()
    if build not in _KEPT:
        made, copy = build(), sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(copy)
        _KEPT[build] = copy, deepcopy(made)
        return made
    copy, made = _KEPT[build]
    connection.ensure_connection()
    copy.backup(connection.connection)
    return deepcopy(made)
