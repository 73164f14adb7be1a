"""A child's page, a parent's page, the list of families, search, and where to turn with a concern."""

import secrets

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from fotspor.access.actions import log_list, log_read
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import needs
from fotspor.desk import actions, forms, labels
from fotspor.desk.queries import child as pages_of
from fotspor.desk.queries import grown_up
from fotspor.desk.queries import people as queries
from fotspor.desk.views.day import address, number, pages
from fotspor.instruments.queries import on_paper
from fotspor.kit import clock
from fotspor.kit.encryption import blind_index, decrypt, encrypt
from fotspor.kit.htmx import page
from fotspor.kit.printing import may_print, paper_ordered
from fotspor.people.labels import initials

KEPT_SEARCHES = 10
LIST = "liste"


def opened(request, key):
    """The journey as a page; the look is logged."""
    viewer, at = request.viewer, clock.now()
    list_url = f"{reverse('desk:child', args=[key])}?vis={LIST}"
    found = pages_of.child(viewer=viewer, key=key, at=at, list_url=list_url, hides=request.user.hides_details)
    log_read(viewer=viewer, person_key=found.person.key, purpose=Purpose.CARE, decision=found.decision, at=at)
    return found


@needs(Permission.SEE_PEOPLE)
def child(request, key):
    found = opened(request, key)
    context = {"child": found, "is_list": request.GET.get("vis") == LIST, "active": "people"}
    if found.may_plan and found.may_change:
        context["papers"] = on_paper(viewer=request.viewer, journey=found.journey, today=clock.today())
    return page(request, "desk/child.html", context)


@require_POST
@needs(Permission.SEE_PEOPLE)
def child_print(request, key):
    found = opened(request, key)
    actions.note_print(what="child", person=found.person.key, by=request.viewer, at=clock.now())
    return paper_ordered(request, f"child:{key}", reverse("desk:child_paper", args=[key]), at=clock.now())


@needs(Permission.SEE_PEOPLE)
def child_paper(request, key):
    found = opened(request, key)
    if not may_print(request, f"child:{key}", at=clock.now()):
        return redirect("desk:child", key)
    context = {"child": found, "initials": initials(found.person), "active": "people"}
    return page(request, "desk/child_paper.html", context)


@needs(Permission.SEE_PEOPLE)
def person(request, key):
    viewer, at = request.viewer, clock.now()
    found = grown_up.person(viewer=viewer, key=key, at=at, hides=request.user.hides_details)
    log_read(viewer=viewer, person_key=found.person.key, purpose=Purpose.CARE, decision=found.decision, at=at)
    return page(request, "desk/person.html", {"own": found, "active": "people"})


@needs(Permission.SEE_PEOPLE)
def people(request):
    viewer, at = request.viewer, clock.now()
    slug = request.GET.get("vis", "")
    chosen = queries.Chosen(slug) if slug in set(queries.Chosen) else queries.Chosen.ALL
    found = queries.families(viewer=viewer, chosen=chosen, page=number(request), at=at)
    keys = [row.person_key for row in found.rows]
    log_list(viewer=viewer, type="desk.people.listed", people=keys, at=at, purpose=Purpose.CARE, chosen=str(chosen))
    filters = [
        {"label": word, "url": address(request, vis=name), "count": found.counts[name], "current": name == chosen}
        for name, word in labels.FAMILIES.items()
    ]
    paging = pages(request, found.page, found.pages)
    context = {"found": found, "filters": filters, "paging": paging, "active": "people"}
    return page(request, "desk/people.html", context, partial="families")


@needs(Permission.SEARCH)
def search(request):
    """A search is posted, so that no name or number stands in an address, and kept encrypted under an opaque one."""
    form = forms.Search(request.POST or None)
    if form.is_valid():
        token = secrets.token_urlsafe(9)
        kept = dict(list(request.session.get("searches", {}).items())[-KEPT_SEARCHES + 1 :])
        request.session["searches"] = kept | {token: encrypt(form.cleaned_data["q"]).decode()}
        return redirect("desk:search_found", token)
    return page(request, "desk/search.html", {"form": form}, status=422 if form.is_bound else 200)


@needs(Permission.SEARCH)
def search_found(request, token):
    sealed = request.session.get("searches", {}).get(token)
    if sealed is None:
        raise Http404
    viewer, at = request.viewer, clock.now()
    found = queries.search(viewer=viewer, text=decrypt(sealed.encode()), at=at)
    log_list(
        viewer=viewer, type="desk.searched", people=[row.person_key for row in found.rows], at=at, purpose=Purpose.CARE,
        text=blind_index(found.text.strip().casefold()), by_number=found.is_number,
    )  # fmt: skip
    context = {"found": found, "form": forms.Search(initial={"q": found.text})}
    return page(request, "desk/search.html", context)
