"""Looks that are worth a question: the lists, and going through one row of them."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fotspor.access import actions, labels, queries
from fotspor.access.forms import ReviewFilter, ReviewLooks
from fotspor.access.rules import LIMITS, Permission, Reason
from fotspor.access.views.guards import needs
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed

DONE = "done"


def _reason(word: str) -> Reason:
    try:
        return Reason(word)
    except ValueError as unknown:
        raise Http404 from unknown


def _sentence(reason: Reason) -> str:
    numbers = {"days": LIMITS.entry_days, "minutes": LIMITS.margin_minutes}
    sentence = str(labels.REVIEW_SENTENCES[reason])
    return sentence % numbers if "%(" in sentence else sentence


def _filter(request: HttpRequest) -> ReviewFilter:
    states = [("", _("Those that wait")), (DONE, _("Those gone through"))]
    return ReviewFilter(request.GET, states=states, today=clock.today())


def _period(form: ReviewFilter) -> dict:
    return {name: form.cleaned_data[name] for name in ("from_on", "to_on")}


@needs(Permission.SEE_LOG)
@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    follow_ups = queries.waiting_follow_ups(viewer=request.viewer, at=clock.now())
    shown = [row.person_key for row in follow_ups]
    actions.log_list(viewer=request.viewer, type="access.looks.listed", people=shown, at=clock.now())
    lists = [(reason, labels.REVIEW_REASONS[reason], _sentence(reason)) for reason in Reason]
    context = {"lists": lists, "follow_ups": follow_ups, "active": "reviews"}
    return render(request, "access/reviews_overview.html", context)


@needs(Permission.SEE_LOG)
@require_GET
def review_list(request: HttpRequest, reason: str) -> HttpResponse:
    reason, form, found, at = _reason(reason), _filter(request), None, clock.now()
    context = {"reason": reason, "label": labels.REVIEW_REASONS[reason], "sentence": _sentence(reason), "form": form}
    if form.is_valid():
        period, is_done = _period(form), form.cleaned_data["state"] == DONE
        found = queries.looks_to_review(
            viewer=request.viewer, reason=reason, at=at, done=is_done, page=request.GET.get("page", 1), **period
        )
        actions.log_list(
            viewer=request.viewer, type="access.looks.listed", people=found.shown, at=at, reason=reason, **period
        )
        context |= {"kept": urlencode(period), "is_done": is_done, **period}
    context |= {"found": found, "active": "reviews"}
    return render(request, "access/review_list.html", context, status=200 if found else 422)


@needs(Permission.SEE_LOG)
@require_http_methods(["GET", "POST"])
def look_review(request: HttpRequest, reason: str, staff_key: str, person_key: str) -> HttpResponse:
    pair = {"reason": _reason(reason), "staff_key": staff_key, "person_key": person_key}
    asked = _filter(request)
    if not asked.is_valid():
        raise Http404
    period = _period(asked)
    row = queries.look_to_review(viewer=request.viewer, at=clock.now(), **pair, **period)
    outcomes = [(key, label.word) for key, label in labels.REVIEW_OUTCOMES.items()]
    form = ReviewLooks(typed(request), outcomes=outcomes, initial={"upto": row.upto})

    def act():
        return actions.review_looks(by=request.viewer, at=clock.now(), **pair, **form.cleaned_data)

    if answered(request, form, act, done=_("It stands here that you have gone through it.")):
        return redirect(f"{reverse('access:review_list', args=[reason])}?{urlencode(period)}")
    actions.log_look_at_log(viewer=request.viewer, shown=[person_key], at=clock.now(), reason=reason, **period)
    context = {
        "row": row, "form": form, "label": labels.REVIEW_REASONS[pair["reason"]], "kept": urlencode(period),
        "reason": reason, "log": urlencode({"person": person_key, "staff": staff_key, **period}), "active": "reviews",
    }  # fmt: skip
    return render(request, "access/look_review.html", context, status=422 if form.errors else 200)
