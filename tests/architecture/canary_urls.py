"""The house's own addresses, and some that fail in the ways pages fail: each with a person in its hands."""

from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from fotspor.config.urls import urlpatterns as ours
from fotspor.people.models import Person


def fails(request, how):
    person = Person.objects.get(key=request.GET["key"])
    name = person.name
    if how == "value":
        raise ValueError(f"could not read {name}, {person.street}")
    if how == "database":
        raise IntegrityError(f"DETAIL: Failing row contains ({name}, {person.identity_number}).") from KeyError(name)
    if how == "statement":
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s FROM nowhere", [name])
    if how == "template":
        template = engines["django"].from_string("{{ person.name }}{{ person.fails }}{% include missing %}")
        return HttpResponse(template.render({"person": person, "missing": f"{name}.html"}))
    raise PermissionError(name)


urlpatterns = [*ours, path("feil/<str:how>/", fails)]
