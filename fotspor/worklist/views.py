"""One task on its own page: read why it is there, give it to a colleague, say that it is done; and write a new one."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.actions import log_list, log_read
from fotspor.access.queries import decision_for
from fotspor.access.rules import Part, Permission, Purpose
from fotspor.access.views import needs
from fotspor.kit import clock
from fotspor.kit.errors import Refused
from fotspor.kit.htmx import page
from fotspor.people.queries import person_by_key
from fotspor.services.queries import staff_by_key, staff_choices
from fotspor.worklist import actions, forms, labels, queries, rules

ANYONE = (Permission.RECORD_CONTACT, Permission.SEE_UNIT, Permission.SEE_LOG)


def purpose_of(viewer):
    """Why does somebody in this role look at a task?"""
    if viewer.may(Permission.RECORD_CONTACT):
        return Purpose.CARE
    return Purpose.LEADERSHIP if viewer.may(Permission.SEE_UNIT) else Purpose.PRIVACY


def found(request, key):
    return queries.task_by_key(viewer=request.viewer, purpose=purpose_of(request.viewer), key=key, today=clock.today())


def colleagues(request):
    return staff_choices(unit_id=request.viewer.unit_id, on=clock.today())


def staff_id_of(key):
    return staff_by_key(key).pk if key else None


@needs(*ANYONE)
def task(request, key, form=None, status=200):
    viewer, purpose, row = request.viewer, purpose_of(request.viewer), found(request, key)
    if row.person_id:
        log_list(
            viewer=viewer,
            type="worklist.task.read",
            people=[row.person.key],
            at=clock.now(),
            purpose=purpose,
            task=row.key,
        )
    may_assign = row.unit_id == viewer.unit_id and not row.done_on and not row.ended_on
    if may_assign and form is None:
        form = forms.Assign(staff=colleagues(request), initial={"staff": row.staff.key if row.staff_id else ""})
    context = {
        "task": row,
        "title": labels.title(row, purpose),
        "why": labels.explanation(row, purpose),
        "ended": labels.end_reason(row),
        "state": labels.STATES[rules.state(row, clock.today())],
        "shows_note": purpose is Purpose.CARE,
        "may_finish": row.source in actions.FINISHED_BY_HAND and purpose is not Purpose.LEADERSHIP,
        "form": form if may_assign else None,
        "refused": "" if form is None or may_assign else form.non_field_errors(),
    }
    return page(request, "worklist/task.html", context, status=status)


@require_POST
@needs(*ANYONE)
def task_finish(request, key):
    row = found(request, key)
    try:
        actions.finish_typed(task=row, by=request.viewer, at=clock.now())
    except Refused as error:
        messages.error(request, error.message)
        return redirect("worklist:task", key)
    messages.success(request, _("Done. The task is off the list."))
    return redirect("worklist:task", key)


@require_POST
@needs(Permission.RECORD_CONTACT, Permission.SEE_UNIT)
def task_assign(request, key):
    row = found(request, key)
    form = forms.Assign(request.POST, staff=colleagues(request))
    if form.is_valid():
        try:
            actions.assign(
                task=row, staff_id=staff_id_of(form.cleaned_data["staff"]), by=request.viewer, at=clock.now()
            )
        except Refused as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved. The task stands with the one you chose."))
            return redirect("worklist:task", key)
    return task(request, key, form=form, status=422)


@needs(Permission.RECORD_CONTACT)
def task_new(request, person_key):
    viewer, at = request.viewer, clock.now()
    person = person_by_key(viewer=viewer, key=person_key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    decision = decision_for(viewer=viewer, person_id=person.pk, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    log_read(viewer=viewer, person_key=person.key, purpose=Purpose.CARE, decision=decision, at=at)
    form = forms.Typed(request.POST or None, staff=colleagues(request), initial={"due_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        try:
            row = actions.type_task(
                kind=clean["kind"],
                note=clean["note"],
                due_on=clean["due_on"],
                person=person,
                journey=queries.open_journey_of(person),
                staff_id=staff_id_of(clean["staff"]),
                by=viewer,
                at=at,
            )
        except Refused as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The task is written."))
            return redirect("worklist:task", row.key)
    context = {"form": form, "person": person}
    return page(request, "worklist/task_new.html", context, status=422 if request.method == "POST" else 200)
