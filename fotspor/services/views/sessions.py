"""Where one is signed in, and the end of it elsewhere."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from fotspor.access.views import freshly_signed_in
from fotspor.kit import clock
from fotspor.kit.errors import Refused
from fotspor.kit.htmx import page
from fotspor.services import actions, labels, queries
from fotspor.services.views.answering import signed_in

OTHERS = "others"


@signed_in
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    browsers = queries.browsers_of(staff=request.user, session_key=request.session.session_key, at=clock.now())
    context = {"browsers": browsers, "others": [each for each in browsers if not each.is_here], "all": OTHERS}
    return page(request, "services/sessions.html", {**context, "help": labels.HELP["sessions"]})


@signed_in
@freshly_signed_in
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    own = {"staff": request.user, "session_key": request.session.session_key, "at": clock.now()}
    which = request.POST.get("which", "")
    try:
        count = actions.end_other_sessions(**own) if which == OTHERS else actions.end_session(digest=which, **own) or 1
    except Refused as refused:
        messages.info(request, refused.message)
    else:
        told = ngettext("You are signed out in %(count)s place.", "You are signed out in %(count)s places.", count)
        messages.success(request, told % {"count": count})
    return redirect("services:sessions")
