"""What may not be a password here, beside what Django says: our own words, and what has leaked elsewhere."""

from hashlib import sha1
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from fotspor.services import queries, rules

DIGEST = 40  # letters of a SHA-1 digest, by which such files are kept


class NotOurOwnWords:
    """The municipality's own names, and the words of the trade, are what anybody would try first."""

    def validate(self, password, user=None):
        if rules.is_made_of(password, rules.OUR_WORDS | rules.words_of(queries.names_of_places())):
            raise ValidationError(self.get_help_text(), code="password_of_our_own_words")

    def get_help_text(self):
        return _(
            "The password is made of words that anybody here would guess. Write more that only you would think of."
        )


class NotLeaked:
    """Looked up in a file on this machine, sorted by digest: nobody else is asked, and only a few lines are read."""

    def validate(self, password, user=None):
        if settings.LEAKED_PASSWORDS and stands_in(Path(settings.LEAKED_PASSWORDS), password):
            raise ValidationError(self.get_help_text(), code="password_has_leaked")

    def get_help_text(self):
        return _("The password has leaked somewhere else, and is tried by those who break in. Choose another.")


def stands_in(path: Path, password: str) -> bool:
    """Does a file of digests, one on each line and in order, have this password?"""
    asked = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, path.stat().st_size
        while low < high:  # every line that begins before `low` comes before the one asked for
            file.seek(middle := (low + high) // 2)
            file.readline()  # the rest of a line that began before
            line = file.readline()
            if line and line[:DIGEST].upper() < asked:
                low = file.tell()
            else:
                high = middle
        file.seek(low)
        return next((line[:DIGEST].upper() == asked for line in file if line[:DIGEST].upper() >= asked), False)
