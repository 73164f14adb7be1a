"""One JSON object to a line, for whatever collects the lines; and the lines about who was turned away."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from fotspor.kit.faults import route

security = logging.getLogger("fotspor.security")


class Lines(logging.Formatter):
    """What a record says, when and how badly; with its facts when it has any, and where it went wrong when it did."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "says": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_text:
            said["trace"] = record.exc_text
        return json.dumps(said, ensure_ascii=False)


def note(request: HttpRequest, what: str, **facts: Any) -> None:
    """Write that somebody was turned away: who by key, in which role, at which of our addresses. Never a name."""
    viewer, user = getattr(request, "viewer", None), getattr(request, "user", None)
    told = {
        "staff": getattr(user, "key", ""),
        "role": viewer.role if viewer else "",
        "session": viewer.session[:16] if viewer else "",
        "address": route(request.path_info),
        "method": request.method if request.method in METHODS else "other",
        **facts,
    }
    security.warning("%s: %s", what, " ".join(f"{name}={value}" for name, value in told.items()), extra={"facts": told})


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
