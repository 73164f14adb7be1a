"""Noting that a form stands open. Not an act of a user: the look at the record is in the log already."""

from datetime import datetime, timedelta

from django.db import transaction

from fotspor.access.models import OpenForm
from fotspor.access.rules import Viewer

SIGN_OF_LIFE = timedelta(minutes=15)  # without one the form counts as left


@transaction.atomic
def note_form_open(*, form: str, about: str, by: Viewer, at: datetime) -> None:
    """Note that the form stands open, or still does. Rows whose time is out are removed."""
    if by.staff_id is None:
        return
    OpenForm.objects.filter(until__lte=at).delete()
    row = OpenForm(form=form, about=about, opened_by_id=by.staff_id, opened_at=at, until=at + SIGN_OF_LIFE)
    OpenForm.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["form", "about", "opened_by"], update_fields=["until"]
    )


@transaction.atomic
def note_form_left(*, form: str, about: str, by: Viewer, at: datetime) -> None:
    """Note that the form was saved, and so is not open any more."""
    OpenForm.objects.filter(form=form, about=about, opened_by=by.staff_id).delete()
