"""What one had typed and not saved: kept while typing, and afterwards fetched or thrown away. Only one's own."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from fotspor.kit import clock
from fotspor.services import actions, queries
from fotspor.services.middleware import DRAFTS, FETCHED, keep_typed
from fotspor.services.views.answering import signed_in


@signed_in
@require_POST
def draft_keep(request: HttpRequest) -> HttpResponse:
    kept = keep_typed(request, staff_id=request.user.pk, post=request.post_key, at=clock.now())
    if kept and DRAFTS not in request.session:
        request.session[DRAFTS] = True
    return HttpResponse(status=204)


@signed_in
@require_POST
def draft_fetch(request: HttpRequest, key: str) -> HttpResponse:
    draft = _own(request, key)
    actions.fetch_draft(draft=draft.row, by=_by(request), at=clock.now())
    request.session[FETCHED] = draft.key
    return redirect(draft.address)


@signed_in
@require_POST
def draft_discard(request: HttpRequest, key: str) -> HttpResponse:
    draft = _own(request, key)
    actions.discard_draft(draft=draft.row, by=_by(request), at=clock.now())
    return redirect(draft.address)


def _own(request: HttpRequest, key: str) -> queries.Unsaved:
    draft = queries.draft_by_key(staff_id=request.user.pk, post=request.post_key, key=key, at=clock.now())
    if draft is None:
        raise Http404
    return draft


def _by(request: HttpRequest):
    return request.viewer or queries.themselves(staff=request.user, session_key=request.session.session_key)
