"""How a pregnancy ends: in births, or gently in loss. And a due date that was corrected."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from fotspor.access.rules import Permission
from fotspor.access.views import edits, needs
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.people import actions, forms, queries
from fotspor.people.views.answering import crumbs, form_page, opened_journey, person_url, tell_what_was_shown


def _expecting(request: HttpRequest, key: str):
    """The journey of an ongoing pregnancy; another one has no such page."""
    journey = opened_journey(request, key)
    if journey.child_id is not None or journey.closed_on is not None:
        raise Http404
    return journey


def _count(request: HttpRequest) -> int:
    asked = request.GET.get("children", "1")
    return min(max(int(asked), 1), forms.MOST_CHILDREN) if asked.isascii() and asked.isdigit() else 1


@sensitive_variables("form")
@needs(Permission.REGISTER_PEOPLE)
@edits()
def birth(request: HttpRequest, key: str) -> HttpResponse:
    journey = _expecting(request, key)
    count = _count(request)
    form = forms.Birth(typed(request), count=count)

    def act():
        return actions.record_birth(journey=journey, by=request.viewer, at=clock.now(), **form.birth_values())

    if answered(request, form, act, done=_("The birth is recorded.")):
        return redirect("people:person", form.result[0].child.key)
    tell_what_was_shown(request, form)
    return form_page(
        request,
        form,
        template="people/birth.html",
        title=_("Record a birth"),
        crumbs=crumbs(journey.subject),
        journey=journey,
        count=count,
        counts=range(1, forms.MOST_CHILDREN + 1),
        cancel_url=person_url(journey.subject),
    )


@needs(Permission.REGISTER_PEOPLE)
@edits()
def loss(request: HttpRequest, key: str) -> HttpResponse:
    journey = _expecting(request, key)
    mother = journey.subject
    form = forms.Loss(typed(request))

    def act():
        return actions.record_loss(journey=journey, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("It is recorded. Nothing more is expected, and no reminder is sent.")):
        return redirect(person_url(mother))
    return form_page(
        request,
        form,
        title=_("Record that the pregnancy has ended"),
        crumbs=crumbs(mother),
        about=_("Appointments that are booked are cancelled. What answers her own results stays."),
        cancel_url=person_url(mother),
        help=[
            _("The record of the pregnancy is seen after this only by midwives who have a relation to her."),
            _("One task is made: a personal call to her."),
        ],
    )


@needs(Permission.REGISTER_PEOPLE)
@edits()
def due_correct(request: HttpRequest, key: str) -> HttpResponse:
    journey = opened_journey(request, key)
    pregnancy = queries.pregnancy_of(journey)
    if pregnancy is None or journey.closed_on is not None:
        raise Http404
    initial = {"due_on": pregnancy.due_on, "due_source": pregnancy.due_source}
    form = forms.DueDate(typed(request), initial=initial)

    def act():
        return actions.correct_due(pregnancy=pregnancy, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("The due date is corrected, and the plan follows it.")):
        return redirect(person_url(journey.subject))
    return form_page(
        request,
        form,
        title=_("Correct the due date"),
        crumbs=crumbs(journey.subject),
        cancel_url=person_url(journey.subject),
        help=[
            _("Expected contacts move with the date. What has been held stays. The old date is kept with the reason.")
        ],
    )
