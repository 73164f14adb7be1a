"""Register a pregnancy: of somebody who is found by her number, or who is registered in the same step."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from fotspor.access.queries import decision_for
from fotspor.access.rules import Part, Permission, Purpose
from fotspor.access.views import needs, note_look
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.pathways import actions
from fotspor.pathways.forms import pregnancies as forms
from fotspor.pathways.views.answering import HELP, form_page
from fotspor.people import actions as people
from fotspor.people.labels import display_name, likeness, seen_as
from fotspor.people.queries import person_by_key
from fotspor.people.views.answering import tell_what_was_shown


@sensitive_post_parameters("number")
@needs(Permission.HAND_OVER)
def pregnancy_new(request):
    if request.GET.get("mother"):
        return of_known(request, request.GET["mother"])
    posted = typed(request)
    finds = posted is not None and posted.get("step") == "find"
    find = forms.FindMother(posted if finds else None, prefix="find")
    if finds and (response := found(request, find)):
        return response
    form = forms.NewMother(None if finds else posted, today=clock.today(), initial={"sex": "female"})

    def act():
        mother = form.person_values() | {"dismissed": form.dismissed_keys()}
        return actions.open_journey(new_mother=mother, by=request.viewer, at=clock.now(), **form.pregnancy_values())

    if not finds and answered(request, form, act, done=done()):
        return redirect("desk:child", form.result.key)
    tell_what_was_shown(request, form)
    alike = getattr(getattr(form, "refused", None), "duplicates", ())
    return form_page(
        request, form, template="pathways/pregnancy_new.html", find=find, title=_("Register a pregnancy"),
        active="people", button=_("Register the pregnancy"), help=HELP["pregnancy"],
        duplicates=[(likeness(each), seen_as(each), each) for each in alike],
        dismissed=" ".join(each.key for each in alike),
        is_taken=isinstance(getattr(form, "refused", None), people.AlreadyRegistered),
    )  # fmt: skip


def found(request, find):
    """The next page when the number is somebody's; else none, with the reason in the form."""

    def act():
        return people.look_up(number=find.cleaned_data["number"], by=request.viewer, at=clock.now())

    if not answered(request, find, act, done=_("She is registered.")):
        return None
    viewer, mother = request.viewer, find.result
    seen = decision_for(viewer=viewer, person_id=mother.pk, purpose=Purpose.CARE, part=Part.RECORD, at=clock.now())
    if not seen.allowed:
        return redirect("people:take_in")
    return redirect(f"{reverse('pathways:pregnancy_new')}?{urlencode({'mother': mother.key})}")


def of_known(request, key):
    """The pregnancy of somebody the viewer knows."""
    viewer, at = request.viewer, clock.now()
    mother = person_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    note_look(request, mother)
    form = forms.Pregnancy(typed(request), sex=mother.sex)

    def act():
        return actions.open_journey(mother=mother, by=viewer, at=clock.now(), **form.pregnancy_values())

    if answered(request, form, act, done=done()):
        return redirect("desk:child", form.result.key)
    return form_page(
        request, form, title=_("Register a pregnancy"), name=display_name(mother), button=_("Register the pregnancy"),
        help=HELP["pregnancy"], active="people",
    )  # fmt: skip


def done():
    return _("Registered. Your unit holds the baton, and the contacts are on the plan.")
