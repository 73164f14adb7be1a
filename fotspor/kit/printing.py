"""Printing is logged: a POST writes it down and opens the paper page for ten minutes."""

from django.shortcuts import redirect

from fotspor.kit import clock

LASTS = 600  # seconds


def paper_ordered(request, what, url):
    """Remember that this was asked for and logged, and lead to the page that prints itself."""
    request.session["paper"] = [what, int(clock.now().timestamp())]
    return redirect(url)


def may_print(request, what):
    """Was exactly this asked for just now?"""
    ordered, when = request.session.get("paper") or ["", 0]
    return ordered == what and clock.now().timestamp() - when <= LASTS
