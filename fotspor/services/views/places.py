"""The municipality, its districts and its units, as an administrator keeps them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fotspor.access.rules import Permission
from fotspor.access.views import needs
from fotspor.kit import clock
from fotspor.services import actions, forms, labels, queries
from fotspor.services.views.answering import answered, form_page, said

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
        request.POST or None,
        initial={"from_on": clock.today(), "signs_in": True, "closes_at_time": "15:30"},
        districts=queries.district_choices(),
        kinds=queries.kind_choices(),
    )

    def act():
        typed = form.cleaned_data
        details = queries.details_from(typed)
        return actions.create_unit(
            kind=typed["kind"], details=details, from_on=typed["from_on"], by=request.viewer, at=clock.now()
        )

    if answered(request, form, act):
        said(request, _("«%(name)s» is made.") % {"name": form.result.name})
        return redirect("services:unit", form.result.key)
    return form_page(
        request,
        form,
        active=ACTIVE,
        title=_("New unit"),
        crumbs=[_units_crumb()],
        button=_("Make the unit"),
        cancel_url=reverse("services:units"),
        help=labels.HELP["unit"],
    )


@needs(Permission.MANAGE_UNITS)
def unit_change(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.unit_by_key(key)
    values = {**queries.unit_values(shown), "version": shown.version}
    form = forms.UnitDetails(request.POST or None, initial=values, districts=queries.district_choices())

    def act():
        return actions.change_unit(
            unit=shown,
            version=form.cleaned_data["version"],
            details=queries.details_from(form.cleaned_data),
            by=request.viewer,
            at=clock.now(),
        )

    if answered(request, form, act, now=lambda: _now(queries.unit_by_key(key), queries.unit_values)):
        said(request, _("The changes are saved."))
        return redirect("services:unit", key)
    return form_page(
        request,
        form,
        active=ACTIVE,
        title=_("Change %(name)s") % {"name": values["name"]},
        crumbs=[_units_crumb(), (values["name"], reverse("services:unit", args=[key]))],
        cancel_url=reverse("services:unit", args=[key]),
        help=labels.HELP["unit"],
    )


@needs(Permission.MANAGE_UNITS)
def unit_close(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.unit_by_key(key)
    form = forms.Closing(request.POST or None, initial={"version": shown.version, "until_on": clock.today()})

    def act():
        return actions.close_unit(unit=shown, by=request.viewer, at=clock.now(), **form.cleaned_data)

    def now():
        fresh = queries.unit_by_key(key)
        return fresh.version, {"until_on": fresh.until_on}

    if answered(request, form, act, now=now):
        said(request, _("«%(name)s» is closed from the day you chose.") % {"name": shown.name})
        return redirect("services:unit", key)
    return form_page(
        request,
        form,
        active=ACTIVE,
        title=_("Close %(name)s") % {"name": shown.name},
        crumbs=[_units_crumb(), (shown.name, reverse("services:unit", args=[key]))],
        warning=_("Posts in the unit end the same day. What it held must be answered by its leader before that."),
        button=_("Close the unit"),
        danger=True,
        help=labels.HELP["unit"],
        cancel_url=reverse("services:unit", args=[key]),
    )


@needs(Permission.MANAGE_UNITS)
def districts(request: HttpRequest) -> HttpResponse:
    rows = queries.coverage(viewer=request.viewer, on=clock.today())
    context = {"active": ACTIVE, "rows": rows, "kinds": queries.address_kinds(), "help": labels.HELP["districts"]}
    return render(request, "services/districts.html", context)


@needs(Permission.MANAGE_UNITS)
def district_new(request: HttpRequest) -> HttpResponse:
    form = forms.District(request.POST or None)

    def act():
        typed = form.cleaned_data
        return actions.create_district(code=typed["code"], name=typed["name"], by=request.viewer, at=clock.now())

    if answered(request, form, act):
        said(request, _("«%(name)s» is made.") % {"name": form.result.name})
        return redirect("services:districts")
    return _district_page(request, form, _("New district"))


@needs(Permission.MANAGE_UNITS)
def district_change(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.district_by_key(key)
    values = queries.district_values(shown)
    form = forms.District(request.POST or None, initial={**values, "version": shown.version})

    def act():
        typed = dict(form.cleaned_data)
        version = typed.pop("version")
        return actions.change_district(district=shown, version=version, values=typed, by=request.viewer, at=clock.now())

    if answered(request, form, act, now=lambda: _now(queries.district_by_key(key), queries.district_values)):
        said(request, _("The changes are saved."))
        return redirect("services:districts")
    return _district_page(request, form, _("Change %(name)s") % {"name": values["name"]})


@needs(Permission.MANAGE_UNITS)
def municipality(request: HttpRequest) -> HttpResponse:
    shown = queries.municipality()
    values = queries.municipality_values(shown)
    form = forms.Municipality(request.POST or None, initial={**values, "version": shown and shown.version})

    def act():
        typed = dict(form.cleaned_data)
        version = typed.pop("version")
        if shown is None:
            return actions.create_municipality(**typed, by=request.viewer, at=clock.now())
        return actions.change_municipality(
            municipality=shown, version=version, values=typed, by=request.viewer, at=clock.now()
        )

    if answered(request, form, act, now=lambda: _now(queries.municipality(), queries.municipality_values)):
        said(request, _("The changes are saved."))
        return redirect("services:units")
    return form_page(
        request,
        form,
        active=ACTIVE,
        title=_("The municipality"),
        crumbs=[_units_crumb()],
        cancel_url=reverse("services:units"),
        help=labels.HELP["municipality"],
    )


def _district_page(request: HttpRequest, form, title: str) -> HttpResponse:
    crumbs = [_units_crumb(), (_("Districts"), reverse("services:districts"))]
    return form_page(request, form, active=ACTIVE, title=title, crumbs=crumbs, cancel_url=reverse("services:districts"))


def _now(row, values) -> tuple:
    return row.version, values(row)
