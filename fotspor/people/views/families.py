"""Parents and guardians, adoption, and two entries that are one person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from fotspor.access.queries import NotVisible
from fotspor.access.rules import Permission
from fotspor.access.views import edits, needs
from fotspor.kit import clock, phrases
from fotspor.kit.answering import answered, typed
from fotspor.people import actions, forms, identifiers, labels, queries
from fotspor.people.rules import may_have_child
from fotspor.people.views.answering import crumbs, form_page, opened, person_url, while_alive


@sensitive_post_parameters("number")
@needs(Permission.REGISTER_PEOPLE)
@edits()
@while_alive
def guardian_new(request: HttpRequest, child) -> HttpResponse:
    people = _at_hand(request, child)
    initial = {"person": request.GET.get("person", ""), "from_on": child.born_on}
    form = forms.Guardian(
        typed(request), people=[(k, labels.display_name(p)) for k, p in people.items()], initial=initial
    )

    def act():
        return _add_guardian(request, child, people.get(form.cleaned_data.get("person")), form.cleaned_data)

    if answered(request, form, act, done=_("The guardian is recorded.")):
        return redirect(person_url(child))
    return form_page(
        request,
        form,
        template="people/guardian_new.html",
        title=_("Add a parent or guardian"),
        crumbs=crumbs(child),
        child=child,
        cancel_url=person_url(child),
    )


def _add_guardian(request: HttpRequest, child, guardian, clean: dict):
    by, at = request.viewer, clock.now()
    guardian = guardian or actions.look_up(number=clean["number"], by=by, at=at)
    terms = {name: clean[name] for name in ("kind", "custody", "from_on")}
    return actions.add_guardian(child=child, guardian=guardian, by=by, at=at, **terms)


def _at_hand(request: HttpRequest, child) -> dict:
    """Those in the household who are old enough, and one who has just been registered."""
    others = queries.household_of(viewer=request.viewer, person=child, at=clock.now())
    people = {other.key: other for other in others if may_have_child(other.born_on, child.born_on)}
    new = request.GET.get("person", "")
    if new and new not in people:
        people[new] = opened(request, new)
    return people


@needs(Permission.REGISTER_PEOPLE)
@edits()
def guardian_end(request: HttpRequest, key: str, guardianship_key: str) -> HttpResponse:
    child = opened(request, key)
    seen = queries.guardian_by_key(viewer=request.viewer, child_id=child.id, key=guardianship_key, at=clock.now())
    form = forms.GuardianEnd(typed(request), initial={"until_on": clock.today()})

    def act():
        return actions.end_guardian(guardianship=seen.row, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_ended):
        return redirect(person_url(child))
    return form_page(
        request,
        form,
        title=_("End a guardianship"),
        crumbs=crumbs(child),
        about=_("%(name)s is then no longer the child's guardian.") % {"name": seen.name},
        cancel_url=person_url(child),
        help=[_("Consent that only this guardian gave no longer counts where parental responsibility changes.")],
    )


def _ended(guardianship) -> str:
    """The receipt, with the day when it is still to come."""
    if guardianship.until_on <= clock.today():
        return _("The guardianship is ended.")
    return _("The guardianship ends on %(day)s. It holds until then.") % {
        "day": phrases.day(guardianship.until_on, year=True)
    }


@sensitive_post_parameters("number_1", "number_2")
@needs(Permission.REGISTER_PEOPLE)
@edits()
@while_alive
def adoption(request: HttpRequest, child) -> HttpResponse:
    form = forms.Adoption(typed(request), initial={"adopted_on": clock.today(), "custody": "joint"})

    if answered(request, form, lambda: _adopt(request, child, form.cleaned_data), done=_("The adoption is recorded.")):
        return redirect(person_url(child))
    return form_page(
        request,
        form,
        title=_("Record an adoption"),
        crumbs=crumbs(child),
        warning=_("The way back to the pregnancy is sealed for everybody. It cannot be opened again here."),
        cancel_url=person_url(child),
        help=[
            _("The child keeps one record. Name and number are changed on their own page when the register has them.")
        ],
    )


def _adopt(request: HttpRequest, child, clean: dict):
    by, at = request.viewer, clock.now()
    pairs = [(clean[f"number_{n}"], clean[f"kind_{n}"] or "other") for n in (1, 2) if clean[f"number_{n}"]]
    guardians = [
        actions.NewGuardian(actions.look_up(number=number, by=by, at=at), kind, clean["custody"])
        for number, kind in pairs
    ]
    return actions.adopt(child=child, guardians=guardians, on=clean["adopted_on"], reason=clean["reason"], by=by, at=at)


# --- one person, two entries -----------------------------------------------------------------------------------


@sensitive_post_parameters("number")
@needs(Permission.REGISTER_PEOPLE)
def merge_choose(request: HttpRequest, key: str) -> HttpResponse:
    person = opened(request, key)
    likely = {each.key: each for each in queries.likely_same(viewer=request.viewer, person=person, at=clock.now())}
    choices = [(k, f"{labels.seen_as(each)}: {labels.likeness(each)}") for k, each in likely.items() if each.is_visible]
    form = forms.MergeChoice(typed(request), likely=choices)

    def act():
        number = form.cleaned_data["number"]
        if not number:
            return form.cleaned_data["other"]
        return actions.look_up(number=number, by=request.viewer, at=clock.now()).key

    if answered(request, form, act):
        return redirect("people:merge", person.key, form.result)
    return form_page(
        request,
        form,
        title=_("Join two entries of one person"),
        crumbs=crumbs(person),
        button=_("Compare"),
        cancel_url=person_url(person),
        help=[_("Both entries must be open to you. Take in the other one first when your unit does not know it.")],
    )


@needs(Permission.REGISTER_PEOPLE)
@edits()
def merge(request: HttpRequest, key: str, other_key: str) -> HttpResponse:
    keep, drop = opened(request, key), opened(request, other_key)
    if keep.id == drop.id:
        raise NotVisible
    form = forms.Merge(typed(request))

    def act():
        return actions.merge_people(keep=keep, drop=drop, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("Joined. All that was written on either stands here now.")):
        return redirect(person_url(form.result))
    return form_page(
        request,
        form,
        template="people/merge.html",
        title=_("Join two entries of one person"),
        crumbs=crumbs(keep),
        rows=_beside(keep, drop),
        swap_url=reverse("people:merge", args=[drop.key, keep.key]),
        cancel_url=person_url(keep),
    )


def _beside(keep, drop) -> list[tuple]:
    """The two entries, fact by fact."""
    rows = [
        (_("Name"), labels.display_name),
        (_("Birth date"), lambda person: phrases.day(person.born_on, year=True) if person.born_on else _("None")),
        (_("Sex"), lambda person: person.get_sex_display()),
        (_("Identity number"), lambda person: identifiers.masked(person.identity_number) or _("None")),
        (_("Address"), lambda person: f"{person.street} {person.dwelling}".strip() or _("None")),
        (_("Registered"), lambda person: phrases.day(person.registered_at, year=True)),
    ]
    return [(label, read(keep), read(drop), read(keep) != read(drop)) for label, read in rows]
