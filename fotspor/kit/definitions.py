"""Load and validate the TOML definitions: knowledge that changes without a programmer, each with its byline."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError


class Evidence(StrEnum):
    """How sure we are of a definition. Anything but verified is shown as such until a municipality approves it."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    RECALLED = "recalled"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Who says so, how sure, since when, and when somebody looks again."""

    source: str
    evidence: Evidence
    version: str
    valid_from: date
    next_review: date
    needs_no_approval: str = ""  # why not; without it, somebody approves the definition before it is used in earnest


class BadDefinition(Exception):
    """A definition file that does not say what its kind must say."""


@cache
def _adapter(kind: type) -> TypeAdapter:
    return TypeAdapter(kind)


def load(kind: type, path: Path) -> Any:
    """Read one file as one `kind`. Errors name the file and the field."""
    return validate(kind, tomllib.loads(path.read_text(encoding="utf-8")), path.name)


def validate(kind: type, document: dict[str, Any], name: str) -> Any:
    """Build one `kind` from a document. Errors: BadDefinition, naming file and field."""
    try:
        return _adapter(kind).validate_python(document)
    except ValidationError as error:
        lines = [f"{name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise BadDefinition("\n".join(lines)) from error
