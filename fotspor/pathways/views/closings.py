"""What was recorded by mistake: a closed journey, a death, a loss, a move out. Reading of it, and taking it back."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fotspor.access.rules import Decision, Permission, Purpose
from fotspor.access.views import edits, needs, note_look
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.kit.htmx import page
from fotspor.pathways import actions
from fotspor.pathways.forms import kindergartens as forms
from fotspor.pathways.queries.closings import closing_by_key, death_by_key, departure_by_key, loss_by_key
from fotspor.pathways.views.answering import form_page
from fotspor.pathways.views.batons import purpose_of

CLOSED_HELP = [
    gettext_lazy("What is closed stays readable. Nothing more is expected of the family, and nothing reminds them."),
    gettext_lazy("Whoever held the baton reads it once, so that no family leaves the lists without being seen."),
]
UNDO_HELP = [
    gettext_lazy("The journey goes on with the unit that held the baton. What was expected is expected again."),
    gettext_lazy("Both the closing and that it was taken back stand in the log, with the reason."),
]
GOES_ON_HELP = [
    gettext_lazy("The journey opens again, and what was expected stands on the lists as it did."),
    gettext_lazy("What was recorded stays in the log, with who took it back and why."),
]
MOVE_HELP = [
    gettext_lazy("The address from before the move is kept while the family is away, and stands here again."),
    gettext_lazy("A family that did move, and has come back, is recorded with «Record a move» instead."),
]


def opened(request, key):
    """The closing, for those who are told of it; the look is logged."""
    found = closing_by_key(viewer=request.viewer, key=key, at=clock.now())
    decision = Decision(allowed=True, basis="closing")
    note_look(request, found.journey.subject, purpose=purpose_of(request.viewer), decision=decision)
    return found


def home_of(request):
    return "desk:unit" if request.viewer.may(Permission.SEE_UNIT) else "desk:day"


@needs(Permission.HAND_OVER, Permission.SEE_UNIT)
def journey_closed(request, key):
    closing = opened(request, key)
    if request.method == "POST":
        actions.note_closing(journey=closing.journey, by=request.viewer, at=clock.now())
        messages.success(request, _("Read. The task is off the list."))
        return redirect(home_of(request))
    context = {"closing": closing, "home": home_of(request), "active": "unit" if closing.may_undo else "day"}
    context["help"] = CLOSED_HELP
    return page(request, "pathways/journey_closed.html", context)


@needs(Permission.SEE_UNIT)
@edits()
def journey_undo(request, key):
    closing = opened(request, key)
    form = forms.Mistake(typed(request))

    def act():
        return actions.undo_closing(journey=closing.journey, by=request.viewer, at=clock.now(), **form.cleaned_data)

    done = _("The journey goes on where it was. The unit holds the baton again.")
    if answered(request, form, act, done=done):
        return redirect("desk:unit")
    return form_page(
        request, form, template="pathways/journey_undo.html", active="unit", closing=closing, name=closing.name,
        title=_("Take the journey up again"), button=_("Take it up again"), help=UNDO_HELP,
    )  # fmt: skip


@needs(Permission.REGISTER_PEOPLE, Permission.SEE_UNIT)
@edits()
def death_undo(request, key):
    death = death_by_key(viewer=request.viewer, key=key, at=clock.now())
    purpose = Purpose.CARE if death.by_care else Purpose.LEADERSHIP
    note_look(request, death.person, purpose=purpose, decision=Decision(allowed=True, basis="death"))
    home = reverse("people:person", args=[key]) if death.by_care else reverse("desk:unit")
    form = forms.Mistake(typed(request))

    def act():
        return actions.undo_death(person=death.person, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("The death is taken back. What was expected is expected again.")):
        return redirect(home)
    return form_page(
        request, form, template="pathways/death_undo.html", active="people" if death.by_care else "unit",
        death=death, name=death.name, cancel_url=home, title=_("The death was recorded by mistake"),
        button=_("Take the death back"), help=GOES_ON_HELP,
    )  # fmt: skip


@needs(Permission.REGISTER_PEOPLE)
@edits()
def loss_undo(request, key):
    lost = loss_by_key(viewer=request.viewer, key=key, at=clock.now())
    note_look(request, lost.journey.subject)
    home = reverse("people:person", args=[lost.journey.subject.key])
    form = forms.Mistake(typed(request))

    def act():
        return actions.undo_loss(journey=lost.journey, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("It is taken back. What was expected is expected again.")):
        return redirect(home)
    return form_page(
        request, form, template="pathways/loss_undo.html", active="people", lost=lost, name=lost.name,
        cancel_url=home, title=_("The end of the pregnancy was recorded by mistake"), button=_("Take it back"),
        help=GOES_ON_HELP,
    )  # fmt: skip


@needs(Permission.REGISTER_PEOPLE, Permission.SEE_UNIT)
@edits()
def move_undo(request, key):
    away = departure_by_key(viewer=request.viewer, key=key, at=clock.now())
    purpose = Purpose.CARE if away.by_care else Purpose.LEADERSHIP
    for each in (away, *away.along):
        note_look(request, each.person, purpose=purpose, decision=Decision(allowed=True, basis="departure"))
    home = reverse("people:person", args=[key]) if away.by_care else reverse("desk:unit")
    form = forms.NotMoved(typed(request), along=[(each.person.key, each.name) for each in away.along])

    def act():
        return actions.undo_move(person=away.person, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("The move is taken back. What was expected is expected again.")):
        return redirect(home)
    return form_page(
        request, form, template="pathways/move_undo.html", active="people" if away.by_care else "unit",
        away=away, name=away.name, cancel_url=home, title=_("The move out was recorded by mistake"),
        button=_("Take the move back"), help=MOVE_HELP,
    )  # fmt: skip
