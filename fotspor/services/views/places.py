"""The municipality, its districts and its units, as an administrator keeps them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fotspor.access.rules import Permission
from fotspor.access.views import edits, needs
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.services import actions, forms, labels, queries
from fotspor.services.views.answering import form_page, now_of

ACTIVE = "units"


def _units_crumb():
    return (_("Units"), reverse("services:units"))


@needs(Permission.MANAGE_UNITS)
def units(request: HttpRequest) -> HttpResponse:
    closed = "closed" in request.GET
    context = {
        "active": ACTIVE,
        "rows": queries.unit_rows(viewer=request.viewer, on=clock.today(), closed=closed),
        "closed": closed,
        "municipality": queries.municipality(),
        "help": labels.HELP["units"],
    }
    return render(request, "services/units.html", context)


@needs(Permission.MANAGE_UNITS)
def unit(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.unit_page(viewer=request.viewer, key=key, on=clock.today())
    return render(
        request,
        "services/unit.html",
        {"active": ACTIVE, "page": shown, "today": clock.today(), "help": labels.HELP["unit"]},
    )


@needs(Permission.MANAGE_UNITS)
def unit_new(request: HttpRequest) -> HttpResponse:
    form = forms.NewUnit(
        typed(request),
        initial={"from_on": clock.today(), "signs_in": True, "opens_at_time": "08:00", "closes_at_time": "15:30"},
        districts=queries.district_choices(),
        kinds=queries.kind_choices(),
    )

    def act():
        written = form.cleaned_data
        details = queries.details_from(written)
        kind, from_on = written["kind"], written["from_on"]
        return actions.create_unit(kind=kind, details=details, from_on=from_on, by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_made):
        return redirect("services:unit", form.result.key)
    return _unit_form(request, form, _("New unit"), button=_("Create the unit"))


@needs(Permission.MANAGE_UNITS)
@edits()
def unit_change(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.unit_by_key(key)
    values = queries.unit_values(shown)
    initial = {**values, "version": shown.version}
    form = forms.UnitDetails(typed(request), initial=initial, districts=queries.district_choices())

    def act():
        details, version = queries.details_from(form.cleaned_data), form.cleaned_data["version"]
        return actions.change_unit(unit=shown, version=version, details=details, by=request.viewer, at=clock.now())

    def now():
        fresh = queries.unit_by_key(key)
        return now_of(request, "unit", fresh, queries.unit_values(fresh), "changed", "closed")

    if answered(request, form, act, done=_("The changes are saved."), now=now):
        return redirect("services:unit", key)
    return _unit_form(request, form, _("Change %(name)s"), name=values["name"], key=key)


@needs(Permission.MANAGE_UNITS)
@edits()
def unit_close(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.unit_by_key(key)
    form = forms.Closing(typed(request), initial={"version": shown.version, "until_on": clock.today()})

    def act():
        return actions.close_unit(unit=shown, by=request.viewer, at=clock.now(), **form.cleaned_data)

    def now():
        fresh = queries.unit_by_key(key)
        return now_of(request, "unit", fresh, queries.unit_period(fresh), "changed", "closed")

    done = _("«%(name)s» is closed from the day you chose.") % {"name": shown.name}
    if answered(request, form, act, done=done, now=now):
        return redirect("services:unit", key)
    return _unit_form(
        request,
        form,
        _("Close %(name)s"),
        name=shown.name,
        key=key,
        warning=_("Posts in the unit end the same day. What it held must be answered by its leader before that."),
        button=_("Close the unit"),
        danger=True,
    )


@needs(Permission.MANAGE_UNITS)
def districts(request: HttpRequest) -> HttpResponse:
    rows = queries.coverage(viewer=request.viewer, on=clock.today())
    context = {"active": ACTIVE, "rows": rows, "kinds": queries.address_kinds(), "help": labels.HELP["districts"]}
    return render(request, "services/districts.html", context)


@needs(Permission.MANAGE_UNITS)
def district_new(request: HttpRequest) -> HttpResponse:
    form = forms.District(typed(request))

    def act():
        written = form.cleaned_data
        return actions.create_district(code=written["code"], name=written["name"], by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_made):
        return redirect("services:districts")
    return _district_page(request, form, _("New district"))


@needs(Permission.MANAGE_UNITS)
@edits()
def district_change(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.district_by_key(key)
    values = queries.district_values(shown)
    form = forms.District(typed(request), initial={**values, "version": shown.version})

    def act():
        written = dict(form.cleaned_data)
        version = written.pop("version")
        return actions.change_district(
            district=shown, version=version, values=written, by=request.viewer, at=clock.now()
        )

    def now():
        fresh = queries.district_by_key(key)
        return now_of(request, "district", fresh, queries.district_values(fresh))

    if answered(request, form, act, done=_("The changes are saved."), now=now):
        return redirect("services:districts")
    return _district_page(request, form, _("Change %(name)s") % {"name": values["name"]})


@needs(Permission.MANAGE_UNITS)
@edits()
def municipality(request: HttpRequest) -> HttpResponse:
    shown = queries.municipality()
    values = queries.municipality_values(shown)
    form = forms.Municipality(typed(request), initial={**values, "version": shown and shown.version})

    def act():
        written = dict(form.cleaned_data)
        version = written.pop("version")
        if shown is None:
            return actions.create_municipality(**written, by=request.viewer, at=clock.now())
        return actions.change_municipality(
            municipality=shown, version=version, values=written, by=request.viewer, at=clock.now()
        )

    def now():
        fresh = queries.municipality()
        return now_of(request, "municipality", fresh, queries.municipality_values(fresh))

    if answered(request, form, act, done=_("The changes are saved."), now=now):
        return redirect("services:units")
    return _unit_form(request, form, _("The municipality"), help=labels.HELP["municipality"])


def _unit_form(request: HttpRequest, form, title: str, *, name: str = "", key: str = "", **more) -> HttpResponse:
    here = reverse("services:unit", args=[key]) if key else reverse("services:units")
    crumbs = [_units_crumb(), (name, here)] if key else [_units_crumb()]
    title = title % {"name": name} if key else title
    context = {"active": ACTIVE, "title": title, "crumbs": crumbs, "cancel_url": here, "help": labels.HELP["unit"]}
    return form_page(request, form, **{**context, **more})


def _district_page(request: HttpRequest, form, title: str) -> HttpResponse:
    crumbs = [_units_crumb(), (_("Districts"), reverse("services:districts"))]
    about = {"crumbs": crumbs, "cancel_url": reverse("services:districts"), "help": labels.HELP["district"]}
    return form_page(request, form, active=ACTIVE, title=title, **about)


def _made(row) -> str:
    return _("«%(name)s» is created.") % {"name": row.name}
