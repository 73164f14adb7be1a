"""What a parent lets the child's page say."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.rules import Permission
from fotspor.access.views import needs
from fotspor.instruments import actions, forms, queries
from fotspor.instruments.views.responses import opened
from fotspor.kit import clock
from fotspor.kit.errors import Refused


@needs(Permission.SCREEN)
def summary_release(request, key, child_key):
    opened(request, key)
    found = queries.release_page(viewer=request.viewer, key=key, child_key=child_key, at=clock.now())
    form = forms.Release(request.POST or None, sentences=found.sentences)
    if form.is_valid():
        try:
            summary = form.cleaned_data["summary"]
            actions.release_summary(
                response=found.response, child_key=child_key, summary=summary, by=request.viewer, at=clock.now()
            )
            messages.success(request, _("The sentence stands on the child's page until the parent takes it back."))
            return redirect("instruments:summary_release", key, child_key)
        except Refused as error:
            form.add_error(None, error.message)
    context = {"page": found, "form": form, "active": "day"}
    return render(request, "instruments/summary_release.html", context, status=422 if form.is_bound else 200)


@needs(Permission.SCREEN)
@require_POST
def summary_withdraw(request, key):
    released = actions.withdraw_summary(key=key, by=request.viewer, at=clock.now())
    messages.success(request, _("Taken back. Nobody reads it on the child's page any more."))
    return redirect("instruments:summary_release", released.response.key, released.child.key)
