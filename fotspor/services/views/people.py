"""Those who work here: an administrator keeps everybody, a leader records absences for her own unit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.rules import Permission
from fotspor.access.views import edits, needs
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.services import actions, forms, labels, queries
from fotspor.services.views.answering import form_page, now_of

LINK = "invitation_link"  # in the session until it has been shown once
KEEP, LEAD = "staff", "colleague"
LISTS = {KEEP: "services:staff_list", LEAD: "services:colleagues"}
PLACES = {KEEP: "staff", LEAD: "colleagues"}  # as they are called in the rail


def _list(request: HttpRequest, ours: str) -> HttpResponse:
    text, left = request.GET.get("q", "").strip(), "left" in request.GET and ours == KEEP
    rows = queries.staff_rows(viewer=request.viewer, on=clock.today(), text=text, left=left)
    context = {
        "active": PLACES[ours],
        "rows": [(row, reverse(f"services:{ours}", args=[row.staff.key])) for row in rows],
        "text": text,
        "left": left,
        "may_manage": ours == KEEP,
        "number_missing": labels.NUMBER_MISSING,
        "list_url": reverse(LISTS[ours]),
        "help": labels.HELP[LISTS[ours].removeprefix("services:")],
    }
    return render(request, "services/staff_list.html", context)


@needs(Permission.MANAGE_STAFF)
def staff_list(request: HttpRequest) -> HttpResponse:
    return _list(request, KEEP)


@needs(Permission.SEE_UNIT)
def colleagues(request: HttpRequest) -> HttpResponse:
    return _list(request, LEAD)


def _page(request: HttpRequest, key: str, ours: str) -> HttpResponse:
    today = clock.today()
    shown = queries.staff_page(viewer=request.viewer, key=key, on=today)
    absences = [(a, reverse(f"services:{ours}_absence_end", args=[key, a.key])) for a in shown.absences]
    context = {
        "active": PLACES[ours],
        "page": shown,
        "today": today,
        "posts": [(post, post.until_on is None or post.until_on > today) for post in shown.posts],
        "absences": absences,
        "absence_url": reverse(f"services:{ours}_absence_new", args=[key]),
        "crumbs": [_crumb(ours)],
        "help": labels.HELP["staff" if ours == KEEP else "colleague"],
    }
    return render(request, "services/staff.html", context)


@needs(Permission.MANAGE_STAFF)
def staff(request: HttpRequest, key: str) -> HttpResponse:
    return _page(request, key, KEEP)


@needs(Permission.SEE_UNIT)
def colleague(request: HttpRequest, key: str) -> HttpResponse:
    return _page(request, key, LEAD)


@needs(Permission.MANAGE_STAFF)
def staff_new(request: HttpRequest) -> HttpResponse:
    units = queries.unit_choices(viewer=request.viewer, signs_in=True, on=clock.today())
    form = forms.NewStaff(typed(request), units=units)

    def act():
        return actions.invite_staff(
            who=form.newcomer(),
            unit=queries.unit_by_key(form.cleaned_data["unit"]),
            role=form.cleaned_data["role"],
            by=request.viewer,
            at=clock.now(),
        )

    if answered(request, form, act):
        return _show_link(request, form.result)
    return form_page(
        request,
        form,
        active=PLACES[KEEP],
        title=_("Invite a colleague"),
        crumbs=[_crumb(KEEP)],
        button=_("Make the link"),
        cancel_url=reverse(LISTS[KEEP]),
        help=labels.HELP["invitation"],
    )


@needs(Permission.MANAGE_STAFF)
@edits()
def staff_change(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.staff_by_key(key)
    values = queries.staff_values(shown)
    form = forms.StaffDetails(typed(request), initial={**values, "version": shown.version})

    def act():
        version = form.cleaned_data["version"]
        return actions.change_staff(
            staff=shown, version=version, who=form.newcomer(), by=request.viewer, at=clock.now()
        )

    def now():
        fresh = queries.staff_by_key(key)
        return now_of(request, "staff", fresh, queries.staff_values(fresh))

    if answered(request, form, act, done=_("The changes are saved."), now=now):
        return redirect("services:staff", key)
    return _staff_form(request, form, shown, _("Change %(name)s"), help=labels.HELP["staff_change"])


@needs(Permission.MANAGE_STAFF)
@edits()
def post_new(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.staff_by_key(key)
    units = queries.unit_choices(viewer=request.viewer, signs_in=True, on=clock.today())
    form = forms.Post(typed(request), initial={"from_on": clock.today()}, units=units)

    def act():
        written = dict(form.cleaned_data)
        unit = queries.unit_by_key(written.pop("unit"))
        return actions.add_membership(staff=shown, unit=unit, **written, by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_("The post is given.")):
        return redirect("services:staff", key)
    return _staff_form(
        request, form, shown, _("New post for %(name)s"), button=_("Give the post"), help=labels.HELP["post"]
    )


@needs(Permission.MANAGE_STAFF)
@edits()
def post_end(request: HttpRequest, key: str, post: str) -> HttpResponse:
    held = queries.post_of(viewer=request.viewer, staff_key=key, key=post, on=clock.today())
    form = forms.Ending(typed(request), initial={"until_on": clock.today()})

    def act():
        until_on = form.cleaned_data["until_on"]
        return actions.end_membership(membership=held, until_on=until_on, by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_("The post has an end.")):
        return redirect("services:staff", key)
    about = queries.post_label(held)
    words = {"about": about, "button": _("End the post"), "help": labels.HELP["post_end"]}
    return _staff_form(request, form, held.staff, _("End a post of %(name)s"), danger=True, **words)


@needs(Permission.MANAGE_STAFF)
@require_POST
def staff_invite(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.staff_by_key(key)
    form = forms.Nothing(request.POST)
    if answered(request, form, lambda: actions.invite_again(staff=shown, by=request.viewer, at=clock.now())):
        return _show_link(request, form.result)
    return _staff_form(request, form, shown, _("New link for %(name)s"))


@needs(Permission.MANAGE_STAFF)
@edits()
def staff_reset(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.staff_by_key(key)
    form = forms.Reset(typed(request))

    def act():
        how = form.cleaned_data["identity_checked_how"]
        return actions.reset_access(staff=shown, identity_checked_how=how, by=request.viewer, at=clock.now())

    if answered(request, form, act):
        return _show_link(request, form.result)
    return _staff_form(
        request,
        form,
        shown,
        _("Reset access for %(name)s"),
        warning=_(
            "Everything the person has open is signed out now. Password and codes are chosen again by a new link."
        ),
        button=_("Reset and make a link"),
        help=labels.HELP["reset"],
    )


@needs(Permission.MANAGE_STAFF)
@edits()
def staff_leave(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.staff_by_key(key)
    form = forms.Leaving(typed(request))
    done = _("%(name)s has left. Sessions, posts and relations have ended.") % {"name": shown.name}
    if answered(request, form, lambda: actions.leave(staff=shown, by=request.viewer, at=clock.now()), done=done):
        return redirect("services:staff", key)
    return _staff_form(
        request,
        form,
        shown,
        _("%(name)s stops working here"),
        warning=_("Sessions, posts, relations and open links end at once. This cannot be undone."),
        button=_("End all access now"),
        help=labels.HELP["leaving"],
        danger=True,
    )


@needs(Permission.MANAGE_STAFF)
def staff_link(request: HttpRequest, key: str) -> HttpResponse:
    shown = queries.staff_page(viewer=request.viewer, key=key, on=clock.today())
    kept = request.session.pop(LINK, {})
    token = kept.get("token", "") if kept.get("staff") == key else ""
    link = request.build_absolute_uri(reverse("services:invitation", args=[token])) if token else ""
    context = {"active": PLACES[KEEP], "page": shown, "link": link, "crumbs": [_crumb(KEEP)]}
    context["help"] = labels.HELP["invitation"]
    return render(request, "services/staff_link.html", context)


def _absence_new(request: HttpRequest, key: str, ours: str) -> HttpResponse:
    shown = queries.staff_page(viewer=request.viewer, key=key, on=clock.today()).staff
    choices = queries.substitute_choices(staff=shown, on=clock.today())
    form = forms.Absence(typed(request), initial={"from_on": clock.today()}, substitutes=choices)

    def act():
        written = dict(form.cleaned_data)
        substitute = queries.staff_by_key(written.pop("substitute"))
        return actions.record_absence(staff=shown, substitute=substitute, **written, by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_("The absence is recorded. The substitute sees the tasks while it lasts.")):
        return redirect(f"services:{ours}", key)
    return _staff_form(
        request,
        form,
        shown,
        _("%(name)s is away"),
        ours=ours,
        button=_("Record the absence"),
        help=labels.HELP["absence"],
    )


@needs(Permission.MANAGE_STAFF)
def absence_new(request: HttpRequest, key: str) -> HttpResponse:
    return _absence_new(request, key, KEEP)


@needs(Permission.SEE_UNIT)
def colleague_absence_new(request: HttpRequest, key: str) -> HttpResponse:
    return _absence_new(request, key, LEAD)


def _absence_end(request: HttpRequest, key: str, absence: str, ours: str) -> HttpResponse:
    recorded = queries.absence_of(viewer=request.viewer, staff_key=key, key=absence, on=clock.today())
    form = forms.Return(typed(request), initial={"until_on": clock.today()})

    def act():
        until_on = form.cleaned_data["until_on"]
        return actions.end_absence(absence=recorded, until_on=until_on, by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_("The changes are saved.")):
        return redirect(f"services:{ours}", key)
    title = _("%(name)s is back earlier")
    return _staff_form(request, form, recorded.staff, title, ours=ours, help=labels.HELP["absence_end"])


@needs(Permission.MANAGE_STAFF)
@edits()
def absence_end(request: HttpRequest, key: str, absence: str) -> HttpResponse:
    return _absence_end(request, key, absence, KEEP)


@needs(Permission.SEE_UNIT)
@edits()
def colleague_absence_end(request: HttpRequest, key: str, absence: str) -> HttpResponse:
    return _absence_end(request, key, absence, LEAD)


def _show_link(request: HttpRequest, made: tuple) -> HttpResponse:
    invitation, token = made
    request.session[LINK] = {"staff": invitation.staff.key, "token": token}
    return redirect("services:staff_link", invitation.staff.key)


def _crumb(ours: str) -> tuple[str, str]:
    return (_("Staff") if ours == KEEP else _("Colleagues"), reverse(LISTS[ours]))


def _staff_form(request: HttpRequest, form, shown, title: str, *, ours: str = KEEP, **more) -> HttpResponse:
    here = reverse(f"services:{ours}", args=[shown.key])
    return form_page(
        request,
        form,
        active=PLACES[ours],
        title=title % {"name": shown.name},
        crumbs=[_crumb(ours), (shown.name, here)],
        cancel_url=here,
        **more,
    )
