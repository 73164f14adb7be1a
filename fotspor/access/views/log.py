"""Who has looked, and what each role may see."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fotspor.access import actions, queries
from fotspor.access.forms import FindPerson, LookFilter
from fotspor.access.rules import Permission
from fotspor.access.views.guards import freshly_signed_in, needs
from fotspor.kit import clock
from fotspor.kit.printing import may_print, paper_ordered

FOUND = "log_asked_by_number"


def filter_of(request: HttpRequest) -> LookFilter:
    staff = queries.staff_who_may_be_asked_about(viewer=request.viewer)
    return LookFilter(request.GET, staff=staff, today=clock.today())


@needs(Permission.SEE_LOG, Permission.SEE_UNIT)
@require_http_methods(["GET", "POST"])
def who_has_looked(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _find(request)
    form, looks = filter_of(request), None
    if form.is_valid():
        looks = queries.who_has_looked(
            viewer=request.viewer,
            from_on=form.cleaned_data["from_on"],
            to_on=form.cleaned_data["to_on"],
            staff_key=form.cleaned_data["staff"],
            person_key=request.GET.get("person", ""),
            by_number=was_found(request, request.GET.get("person", "")),
            page=request.GET.get("page", 1),
            at=clock.now(),
        )
        actions.log_look_at_log(viewer=request.viewer, shown=looks.shown, at=clock.now(), **form.cleaned_data)
    return _log_page(request, form, looks, FindPerson(), status=200 if looks else 422)


def _find(request: HttpRequest) -> HttpResponse:
    finder = FindPerson(request.POST)
    if finder.is_valid() and request.viewer.may(Permission.SEE_LOG):
        person = queries.person_by_number(finder.cleaned_data["number"])
        if person is not None:
            request.session[FOUND] = person.key
            return redirect(f"{reverse('access:who_has_looked')}?{urlencode({'person': person.key})}")
        finder.add_error("number", _("Nobody here has this identity number. Check the digits."))
    return _log_page(request, filter_of(request), None, finder, status=422)


def was_found(request: HttpRequest, person_key: str) -> bool:
    """Has this viewer just typed this person's number? Then a protected person has a name."""
    return bool(person_key) and request.session.get(FOUND) == person_key


def _log_page(request, form, looks, finder, *, status: int) -> HttpResponse:
    sees_all = request.viewer.may(Permission.SEE_LOG)
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {"form": form, "finder": finder, "looks": looks, "sees_all": sees_all, "kept": kept.urlencode()}
    return render(request, "access/who_has_looked.html", {**context, "active": "who_has_looked"}, status=status)


@needs(Permission.SEE_LOG)
@freshly_signed_in
@require_http_methods(["GET", "POST"])
def who_has_looked_print(request: HttpRequest, person_key: str) -> HttpResponse:
    """Posting writes in the log that it was printed, and leads to the page that prints itself."""
    form = filter_of(request)
    if not form.is_valid():
        return redirect("access:who_has_looked")
    at, period = clock.now(), {name: form.cleaned_data[name] for name in ("from_on", "to_on")}
    looks = queries.who_has_looked(
        viewer=request.viewer,
        person_key=person_key,
        at=at,
        size=queries.PRINTED_ROWS,
        by_number=was_found(request, person_key),
        **period,
    )
    if request.method == "POST":
        actions.log_print_of_log(viewer=request.viewer, person_key=looks.person_key, at=at, **period)
        return paper_ordered(request, f"log:{person_key}", request.get_full_path(), at=clock.now())
    if not may_print(request, f"log:{person_key}", at=clock.now()):
        return redirect("access:who_has_looked")
    actions.log_look_at_log(viewer=request.viewer, shown=looks.shown, at=at, **period)
    return render(request, "access/who_has_looked_print.html", {"looks": looks, "at": at, **period})


@needs(Permission.SEE_LOG)
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    return render(request, "access/roles.html", {"matrix": queries.role_matrix()})
