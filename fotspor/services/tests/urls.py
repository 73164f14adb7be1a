"""Our pages with stand-ins for the places above, so that these tests need no higher slice."""

from django.http import HttpResponse
from django.urls import include, path


def elsewhere(request):
    return HttpResponse("elsewhere")


desk = [path("", elsewhere, name="day"), path("sok/", elsewhere, name="search")]

urlpatterns = [
    path("", include("fotspor.services.urls")),
    path("desk/", include((desk, "desk"))),
    path("", include("fotspor.kit.urls")),
]
