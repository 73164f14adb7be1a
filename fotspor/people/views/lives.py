"""What happens to a person: moving, dying, and a birth date that was written wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from fotspor.access.rules import Permission
from fotspor.access.views import edits, needs
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.people import actions, forms, labels, queries
from fotspor.people.views.answering import crumbs, form_page, opened, person_url, while_alive


@needs(Permission.REGISTER_PEOPLE)
@edits()
@while_alive
def person_move(request: HttpRequest, person) -> HttpResponse:
    household = queries.household_of(viewer=request.viewer, person=person, at=clock.now())
    choices = [(other.key, labels.display_name(other)) for other in household]
    form = forms.Move(typed(request), household=choices, initial={"moved_on": clock.today()})

    if answered(request, form, lambda: _move(request, person, household, form), done=_("The move is recorded.")):
        return redirect(person_url(person))
    return form_page(
        request,
        form,
        title=_("Record a move"),
        crumbs=crumbs(person),
        cancel_url=person_url(person),
        warning=_("A protected person's address is not kept. Choose the district only.") if person.is_graded else "",
        help=[
            _("Within the municipality the baton is offered to the unit that the new address names."),
            _("To another municipality the journey closes. If the family comes back, it goes on where it was."),
        ],
    )


def _move(request: HttpRequest, person, household: list, form: forms.Move):
    along = set(form.cleaned_data.get("also", ()))
    return actions.record_move(
        person=person,
        home=actions.Home(**form.address()),
        moved_on=form.cleaned_data["moved_on"],
        outside=form.is_outside,
        also=[other for other in household if other.key in along],
        by=request.viewer,
        at=clock.now(),
    )


@needs(Permission.REGISTER_PEOPLE)
@edits()
def person_death(request: HttpRequest, key: str) -> HttpResponse:
    person = opened(request, key)
    is_dead = person.died_on is not None
    form = (
        forms.DeathDate(typed(request), initial={"died_on": person.died_on}) if is_dead else forms.Death(typed(request))
    )

    def act():
        return actions.record_death(person=person, by=request.viewer, at=clock.now(), **form.cleaned_data)

    done = _("It is recorded. Nothing more is expected, and no reminder is sent.")
    if answered(request, form, act, done=_("The date of death is corrected.") if is_dead else done):
        return redirect(person_url(person))
    return form_page(
        request,
        form,
        title=_("Correct the date of death") if is_dead else _("Record a death"),
        crumbs=crumbs(person),
        about=""
        if is_dead
        else _("Appointments that are booked are cancelled. Brothers, sisters and parents keep their own plans."),
        cancel_url=person_url(person),
        help=[_("From that day a parent is no guardian. Say on the child's page who has parental responsibility.")],
    )


@needs(Permission.REGISTER_PEOPLE)
@edits()
def birth_correct(request: HttpRequest, key: str) -> HttpResponse:
    person = opened(request, key)
    form = forms.BirthDate(typed(request), initial={"born_on": person.born_on})

    def act():
        return actions.correct_birth(person=person, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("The birth date is corrected, and the plan follows it.")):
        return redirect(person_url(person))
    return form_page(
        request,
        form,
        title=_("Correct the birth date"),
        crumbs=crumbs(person),
        cancel_url=person_url(person),
        help=[
            _("Expected contacts move with the date. What has been held stays. The old date is kept with the reason.")
        ],
    )
