"""Printing is logged: a POST writes it down and opens the paper page for ten minutes."""

from django.shortcuts import redirect

LASTS = 600  # seconds


def paper_ordered(request, what, url, *, at):
    """Remember that this was asked for and logged, and lead to the page that prints itself."""
    request.session["paper"] = [what, int(at.timestamp())]
    return redirect(url)


def may_print(request, what, *, at):
    """Was exactly this asked for just now?"""
    ordered, when = request.session.get("paper") or ["", 0]
    return ordered == what and at.timestamp() - when <= LASTS
