"""What a parent lets the child's page say."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.rules import Permission
from fotspor.access.views import needs
from fotspor.instruments import actions, forms, queries
from fotspor.instruments.views.responses import opened
from fotspor.kit import clock
from fotspor.kit.answering import answered, form_page, typed


@needs(Permission.SCREEN)
def summary_release(request, key, child_key):
    opened(request, key)
    found = queries.release_page(viewer=request.viewer, key=key, child_key=child_key, at=clock.now())
    form = forms.Release(typed(request), sentences=found.sentences)

    def act():
        summary = form.cleaned_data["summary"]
        return actions.release_summary(
            response=found.response, child_key=child_key, summary=summary, by=request.viewer, at=clock.now()
        )

    done = _("The sentence stands on the child's page until the parent takes it back.")
    if answered(request, form, act, done=done):
        return redirect("instruments:summary_release", key, child_key)
    return form_page(request, form, template="instruments/summary_release.html", active="day", page=found)


@needs(Permission.SCREEN)
@require_POST
def summary_withdraw(request, key):
    released = actions.withdraw_summary(key=key, by=request.viewer, at=clock.now())
    messages.success(request, _("Taken back. Nobody reads it on the child's page any more."))
    return redirect("instruments:summary_release", released.response.key, released.child.key)
