"""One person: the page with the facts, registering, changing, and taking in by number."""

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from fotspor.access.actions import log_read
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import edits, needs, saved_by
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.people import actions, forms, identifiers, labels, queries
from fotspor.people.views.answering import crumbs, form_page, opened, person_url, tell_what_was_shown

FOUND_SECONDS = 600  # how long what a number revealed can be looked at again without typing it
FOUND = "people.take_in"
SAVED = ("people.person.changed", "people.person.moved", "people.person.died", "people.person.merged")


@needs(Permission.REGISTER_PEOPLE)
def person(request: HttpRequest, key: str) -> HttpResponse:
    viewer, at = request.viewer, clock.now()
    page = queries.person_page(viewer=viewer, key=key, at=at)
    log_read(viewer=viewer, person_key=page.person.key, purpose=Purpose.CARE, decision=page.decision, at=at)
    if page.person.key != key:
        return redirect(person_url(page.person))
    context = {
        "active": "people",
        "page": page,
        "person": page.person,
        "name": labels.display_name(page.person),
        "sex": labels.sex_word(page.person, clock.today()),
        "moved_from": labels.municipality(page.person.moved_from),
        "number": identifiers.masked(page.person.identity_number),
        "languages": labels.language_names(page.person.languages),
        "interpreter": labels.language_names([page.person.interpreter_language]),
        "journey_label": labels.journey_label(page.journey) if page.journey else None,
        "wards": [(labels.display_name(ward), ward) for ward in page.wards],
        "household": [(labels.display_name(other), other) for other in page.household],
        "pregnancies": [(labels.journey_label(each.journey), each) for each in page.pregnancies],
    }
    return render(request, "people/person.html", context)


@sensitive_post_parameters("number", "guardian_number")
@needs(Permission.REGISTER_PEOPLE)
def person_new(request: HttpRequest) -> HttpResponse:
    is_child = request.GET.get("kind") != "adult"
    form = (forms.ChildFields if is_child else forms.PersonFields)(typed(request), today=clock.today())
    if answered(request, form, lambda: _register(request, form, is_child=is_child), done=_("Registered.")):
        return redirect(_after_registering(request, form.result))
    refused = getattr(form, "refused", None)
    tell_what_was_shown(request, form)
    return form_page(
        request,
        form,
        template="people/person_new.html",
        title=_("Register a child") if is_child else _("Register an adult"),
        is_child=is_child,
        duplicates=[(labels.likeness(each), labels.seen_as(each), each) for each in getattr(refused, "duplicates", ())],
        dismissed=" ".join(each.key for each in getattr(refused, "duplicates", ())),
        is_taken=isinstance(refused, actions.AlreadyRegistered),
        cancel_url=reverse("desk:people"),
    )


def _register(request: HttpRequest, form: forms.PersonFields, *, is_child: bool):
    values = {**form.person_values(), "dismissed": form.dismissed_keys(), "by": request.viewer, "at": clock.now()}
    if not is_child:
        return actions.register_person(**values)
    clean, guardians = form.cleaned_data, []
    if clean["guardian_number"]:
        guardian = actions.look_up(number=clean["guardian_number"], by=request.viewer, at=clock.now())
        kind, custody = clean["guardian_kind"] or "other", clean["custody"] or "unknown"
        guardians = [actions.NewGuardian(guardian, kind, custody)]
    return actions.register_child(guardians=guardians, **values).child


def _after_registering(request: HttpRequest, person) -> str:
    """Back to the child whose guardian this is, when one is being registered; else to the person."""
    child_key = request.GET.get("child", "")
    if child_key:
        return f"{reverse('people:guardian_new', args=[child_key])}?{urlencode({'person': person.key})}"
    return person_url(person)


@sensitive_post_parameters("number")
@needs(Permission.REGISTER_PEOPLE)
@edits()
def person_change(request: HttpRequest, key: str) -> HttpResponse:
    shown = opened(request, key)
    form = forms.ChangePerson(typed(request), initial=forms.person_initial(shown), today=clock.today())

    def act():
        values = {**form.person_values(), "version": form.cleaned_data["version"]}
        return actions.change_person(person=shown, by=request.viewer, at=clock.now(), **values)

    def now():
        values = forms.person_initial(fresh := opened(request, key))
        return saved_by(request, fresh.in_log, *SAVED, version=values.pop("version"), values=values)

    if answered(request, form, act, done=_("Saved."), now=now):
        return redirect(person_url(shown))
    tell_what_was_shown(request, form)
    return form_page(
        request,
        form,
        title=_("Change the facts"),
        crumbs=crumbs(opened(request, key)),
        about=_("The birth date is corrected on a page of its own, and a move has one too, so that plans follow."),
        cancel_url=person_url(shown),
        help=[_("The log keeps which fields were changed and by whom. Somebody else who has the page open is told.")],
    )


# --- take in today -------------------------------------------------------------------------------------------


@sensitive_post_parameters("number")
@needs(Permission.REGISTER_PEOPLE)
def take_in(request: HttpRequest) -> HttpResponse:
    form = forms.TakeIn(typed(request))

    def act():
        return actions.look_up(number=form.cleaned_data["number"], by=request.viewer, at=clock.now())

    if answered(request, form, act):
        token = signing.dumps([form.result.key, request.viewer.staff_key], salt=FOUND)
        return redirect("people:take_in_found", token)
    return form_page(
        request,
        form,
        title=_("Take in today"),
        about=_("For somebody who stands in front of you and whom your unit does not know."),
        button=_("Find"),
        cancel_url=reverse("desk:people"),
        help=[
            _("You see the name, the birth year and the unit that holds the journey, and nothing more."),
            _("Taking in gives your unit access to the record for as long as you say, with the reason you write."),
        ],
    )


@needs(Permission.REGISTER_PEOPLE)
def take_in_found(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.preview(viewer=request.viewer, key=_found_key(request, token), at=clock.now())
    if found.is_visible:
        messages.info(request, _("Your unit has access already."))
        return redirect(person_url(found.person))
    if not found.person.may_be_taken_in:  # said before a reason is asked for, and without a name
        messages.error(request, actions.NotTakenIn().message)
        return redirect("people:take_in")
    form = forms.TakeInReason(typed(request))

    def act():
        number, by, at = found.person.identity_number, request.viewer, clock.now()
        return actions.take_in(number=number, by=by, at=at, **form.cleaned_data)

    if answered(request, form, act, done=_("Taken in.")):
        return redirect(person_url(found.person))
    return form_page(
        request,
        form,
        template="people/take_in_found.html",
        title=_("Take in today"),
        found=found,
        name=labels.display_name(found.person),
        cancel_url=reverse("people:take_in"),
    )


def _found_key(request: HttpRequest, token: str) -> str:
    """Whose number was typed? Only the one who typed it may look, and only for a while."""
    try:
        key, staff_key = signing.loads(token, salt=FOUND, max_age=FOUND_SECONDS)
    except signing.BadSignature:
        raise Http404 from None
    if staff_key != request.viewer.staff_key:
        raise Http404
    return key
