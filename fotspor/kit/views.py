"""The kit's own pages: the gallery, the choice of language, help, the accessibility statement. No person is in them."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.i18n import set_language

from fotspor.kit import clock
from fotspor.kit import gallery as samples


def gallery(request: HttpRequest) -> HttpResponse:
    if settings.IS_PRODUCTION:
        raise Http404
    return render(request, "kit/gallery.html", samples.everything(clock.today(), clock.now()))


language = set_language


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "kit/accessibility.html", {"active": "accessibility"})


def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "kit/help_page.html", {"active": "help"})
