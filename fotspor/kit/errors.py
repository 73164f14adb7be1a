"""A refusal the user can read: nothing was stored, and the message says why and what to do."""


class Refused(Exception):
    """Base of every «no» that a rule gives. The message is a translated sentence."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class LookFirst(Refused):
    """There is something to look at before it is saved. `reasons` says what; done again with `shown`, it is a yes."""

    def __init__(self, message, reasons, shown: str):
        super().__init__(message)
        self.reasons, self.shown = list(reasons), shown


class Stale(Exception):
    """Someone else saved this record after the form was opened."""
