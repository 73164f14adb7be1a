"""What keeps a contact from being closed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fotspor.instruments.models import Response
from fotspor.instruments.queries.responses import current_of
from fotspor.people.models import Guardianship, Journey

BLOCKING = {  # steps whose outcome must be recorded before the contact is closed
    "safety": _("The safety conversation has no outcome."),
    "talk": _("It is not recorded whether the answers were talked over, or why not."),
}


@dataclass(frozen=True, slots=True)
class BlocksClosing:
    """One reason why a contact cannot be closed yet, and where to put it right."""

    reason: str | Promise
    url_key: str

    @property
    def url(self) -> str:
        return reverse("instruments:duty", args=[self.url_key])


def contacts() -> Any:
    """The contacts a form may belong to. They stand above this slice, and are reached by the key to them."""
    return Response._meta.get_field("contact").related_model._default_manager


def may_close(contact_id: int) -> list[BlocksClosing]:
    """What keeps this contact from being closed? Empty: nothing. Signing is never blocked.

    Shape   the contact's own forms, and those of the same parents in the same unit that no other open contact waits
            for: begun without a contact, or at one that is closed or cancelled.
    """
    found = []
    for response in _waiting_for(contact_id).order_by("id"):
        current = current_of(response)
        if not current.is_signed:
            found.append(BlocksClosing(_("A form is not signed."), current.key))
        for duty in response.duties.standing().filter(step__in=BLOCKING, outcome="").order_by("id"):
            found.append(BlocksClosing(BLOCKING[duty.step], duty.key))
    return found


def _waiting_for(contact_id: int) -> QuerySet[Response]:
    """The first form of each chain that this contact waits for."""
    forms = Response.objects.filter(first=None, withdrawn_at=None, is_history=False)
    contact = contacts().filter(pk=contact_id).select_related("journey__pregnancy").first()
    if contact is None:
        return forms.none()
    loose = Q(contact=None) | ~Q(contact__outcome="") | Q(contact__cancelled_on__isnull=False)
    hers = Q(subject_id__in=parents_of(contact.journey)) & loose
    if contact.unit_id is not None:  # what another unit has begun stands on its list, and cannot be answered here
        hers &= Q(unit=None) | Q(unit_id=contact.unit_id) | Q(unit__until_on__isnull=False)
    return forms.filter(Q(contact_id=contact_id) | hers)


def parents_of(journey: Journey) -> set[int]:
    """Whose forms belong to this journey? After an adoption only those of the parents the child has now."""
    kinds = (Guardianship.Kind.MOTHER, Guardianship.Kind.FATHER, Guardianship.Kind.CO_MOTHER)
    held = Guardianship.objects.filter(child_id=journey.child_id, kind__in=kinds, until_on=None)
    found = set(held.values_list("guardian_id", flat=True)) if journey.child_id else set()
    if journey.pregnancy_id and not journey.is_sealed:
        found |= {journey.pregnancy.mother_id, journey.pregnancy.other_parent_id}
    return found - {None}
