"""One task on its own page: read why it is there, give it to a colleague, say that it is done; and write a new one."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.actions import log_list
from fotspor.access.rules import Part, Permission, Purpose
from fotspor.access.views import needs, note_look
from fotspor.kit import clock, phrases
from fotspor.kit.answering import answered, form_page, typed
from fotspor.kit.errors import Refused
from fotspor.kit.htmx import page
from fotspor.people.labels import display_name
from fotspor.people.queries import person_by_key
from fotspor.services.queries import staff_by_key, staff_choices
from fotspor.worklist import actions, forms, labels, queries

ANYONE = (Permission.RECORD_CONTACT, Permission.SEE_UNIT, Permission.SEE_LOG)


def purpose_of(viewer):
    """Why does somebody in this role look at a task?"""
    if viewer.may(Permission.RECORD_CONTACT):
        return Purpose.CARE
    return Purpose.LEADERSHIP if viewer.may(Permission.SEE_UNIT) else Purpose.PRIVACY


def found(request, key):
    return queries.task_by_key(viewer=request.viewer, purpose=purpose_of(request.viewer), key=key, today=clock.today())


def receivers(row):
    return [(staff.key, staff.name) for staff in queries.receivers(task=row, today=clock.today())]


def colleagues(request, person=None):
    """Who can be given a new task; the action asks again when it is known whom it is about."""
    if person is None:
        return staff_choices(unit_id=request.viewer.unit_id, on=clock.today())
    found = queries.may_follow(person_id=person.pk, unit_id=request.viewer.unit_id, at=clock.now())
    return [(staff.key, staff.name) for staff in found]


def staff_id_of(key):
    return staff_by_key(key).pk if key else None


@needs(*ANYONE)
def task(request, key, form=None, status=200):
    viewer, purpose, row = request.viewer, purpose_of(request.viewer), found(request, key)
    if row.person_id:
        look = {"type": "worklist.task.read", "people": [row.person.key], "purpose": purpose, "task": row.key}
        log_list(viewer=viewer, at=clock.now(), **look)
    may_assign = purpose is not Purpose.PRIVACY and row.unit_id == viewer.unit_id
    may_assign = may_assign and not row.done_on and not row.ended_on
    if may_assign and form is None:
        form = forms.Assign(staff=receivers(row), initial={"staff": row.staff.key if row.staff_id else ""})
    context = {
        "task": row,
        "title": labels.title(row, purpose),
        "why": labels.explanation(row, purpose),
        "ended": labels.end_reason(row),
        "state": labels.state_label(row, clock.today()),
        "window": phrases.near_range(row.opens_on, row.closes_on, clock.today()),
        "shows_note": purpose is Purpose.CARE,
        "is_review": purpose is Purpose.PRIVACY,
        "may_finish": row.source in actions.FINISHED_BY_HAND
        and not row.ref.startswith(actions.LOOKS_MARK)
        and purpose is not Purpose.LEADERSHIP,
        "form": form if may_assign else None,
        "refused": "" if form is None or may_assign else " ".join(form.non_field_errors()),
        "receipt": labels.receipt(row, viewer.staff_id) if row.done_on or row.ended_on else "",
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
    if purpose_of(request.viewer) is Purpose.PRIVACY:
        return redirect("access:emergencies")
    return redirect("worklist:task", key)


@require_POST
@needs(Permission.RECORD_CONTACT, Permission.SEE_UNIT)
def task_assign(request, key):
    row = found(request, key)
    form = forms.Assign(request.POST, staff=receivers(row))

    def act():
        staff_id = staff_id_of(form.cleaned_data["staff"])
        return actions.assign(task=row, staff_id=staff_id, by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_("Saved. The task stands with the one you chose.")):
        return redirect("worklist:task", key)
    return task(request, key, form=form, status=422)


@needs(Permission.RECORD_CONTACT)
def task_new(request, person_key):
    person = seen(request, person_key)
    note_look(request, person)
    form = forms.Typed(typed(request), staff=colleagues(request, person), initial={"due_on": clock.today()})
    title = _("New task about %(name)s") % {"name": display_name(person)}
    return written(request, form, lambda: person, title)


@needs(Permission.RECORD_CONTACT)
def task_write(request):
    """From the day's page: about somebody on the list, chosen here."""
    viewer, today = request.viewer, clock.today()
    people = {person.key: person for person in queries.about_whom(viewer=viewer, today=today)}
    log_list(viewer=viewer, type="worklist.people.listed", people=people, at=clock.now(), purpose=Purpose.CARE)
    choices = [(key, display_name(person)) for key, person in people.items()]
    form = forms.TypedAbout(typed(request), staff=colleagues(request), people=choices, initial={"due_on": today})
    return written(request, form, lambda: seen(request, form.cleaned_data["person"]), _("New task"))


def seen(request, person_key):
    return person_by_key(viewer=request.viewer, key=person_key, purpose=Purpose.CARE, part=Part.RECORD, at=clock.now())


def written(request, form, about, title):
    def act():
        clean, person = form.cleaned_data, about()
        return actions.type_task(
            kind=clean["kind"], note=clean["note"], due_on=clean["due_on"], person=person,
            journey=queries.open_journey_of(person), staff_id=staff_id_of(clean["staff"]), by=request.viewer,
            at=clock.now(),
        )  # fmt: skip

    if answered(request, form, act, done=_("The task is written.")):
        return redirect("worklist:task", form.result.key)
    return form_page(request, form, template="worklist/task_new.html", active="day", title=title)
