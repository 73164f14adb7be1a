"""Which tables does a request leave changed? Counted where the statements pass, so that it costs nothing to ask."""

import re

# What may stand although the answer was no: that somebody was here, looked, or has the form open.
MAY_STAND = {
    "access_auditevent", "access_openform", "services_session", "kit_submission", "kit_draft", "cache_entries",
}  # fmt: skip
_CHANGES = re.compile(r'\s*(INSERT|UPDATE|DELETE|REPLACE)\b[^"]*"(\w+)"', re.IGNORECASE)
_ALWAYS = {"INSERT", "REPLACE"}  # SQLite does not count rows that it gives back
_MARKS = re.compile(r'\s*(ROLLBACK TO SAVEPOINT|SAVEPOINT) "?([\w]+)"?', re.IGNORECASE)


class Ledger:
    """An execute wrapper of Django's: what is written, less what is taken back."""

    def __init__(self):
        self.written, self.marks = [], {}

    def __call__(self, execute, sql, params, many, context):
        mark = _MARKS.match(sql)
        if mark and mark[1].upper() == "SAVEPOINT":
            self.marks[mark[2]] = len(self.written)
        elif mark:
            del self.written[self.marks.get(mark[2], 0) :]
        result = execute(sql, params, many, context)
        change = _CHANGES.match(sql)
        if change and (change[1].upper() in _ALWAYS or context["cursor"].rowcount != 0):
            self.written.append(change[2])
        return result

    def left(self):
        """Tables with something changed that a refusal must not change."""
        return sorted(set(self.written) - MAY_STAND)
