"""Consents for one person: see them, give one, take one back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fotspor.access import actions, labels, queries
from fotspor.access.forms import GiveConsent
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views.guards import needs
from fotspor.kit import clock
from fotspor.kit.answering import refuse, typed
from fotspor.kit.errors import Refused


@needs(Permission.RECORD_CONTACT)
@require_http_methods(["GET", "POST"])
def consents(request: HttpRequest, person_key: str) -> HttpResponse:
    page = queries.consents_of(viewer=request.viewer, person_key=person_key, at=clock.now())
    form = GiveConsent(
        typed(request),
        initial={"from_on": clock.today()},
        what=list(labels.CONSENTS.items()),
        givers=page.givers,
        units=page.units,
    )
    if request.method == "POST" and form.is_valid() and _gave(request, page, form):
        messages.success(request, _("The consent is on record."))
        return redirect("access:consents", page.person.key)
    actions.log_read(
        viewer=request.viewer,
        person_key=page.person.key,
        purpose=Purpose.CARE,
        decision=page.decision,
        at=clock.now(),
    )
    context = {"page": page, "form": form}
    return render(request, "access/consents.html", context, status=422 if form.errors else 200)


def _gave(request: HttpRequest, page: queries.ConsentPage, form: GiveConsent) -> bool:
    values = form.cleaned_data
    try:
        actions.give_consent(
            person_id=page.person.id,
            given_by_id=page.giver_ids[values["given_by"]],
            to_unit_id=queries.unit_id_of(key=values["to_unit"]),
            what=values["what"],
            purpose=values["purpose"],
            from_on=values["from_on"],
            until_on=values["until_on"],
            by=request.viewer,
            at=clock.now(),
        )
    except Refused as refusal:
        refuse(form, refusal)
    return not form.errors


@needs(Permission.RECORD_CONTACT)
@require_POST
def consent_withdraw(request: HttpRequest, person_key: str, key: str) -> HttpResponse:
    consent = queries.consent_by_key(viewer=request.viewer, key=key, at=clock.now())
    try:
        actions.withdraw_consent(consent=consent, by=request.viewer, at=clock.now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The consent is withdrawn, from now on."))
    return redirect("access:consents", person_key)
