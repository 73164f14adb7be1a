"""The doors of the house. Each app owns its addresses."""

from django.urls import include, path

from fotspor.operation.views import health

urlpatterns = [
    path("", include("fotspor.desk.urls")),
    path("", include("fotspor.services.urls")),
    path("tilgang/", include("fotspor.access.urls")),
    path("personer/", include("fotspor.people.urls")),
    path("oppgaver/", include("fotspor.worklist.urls")),
    path("kartlegging/", include("fotspor.instruments.urls")),
    path("lop/", include("fotspor.pathways.urls")),
    path("healthz", health, name="healthz"),
    path("drift/", include("fotspor.operation.urls")),
    path("", include("fotspor.kit.urls")),
]

handler500 = "fotspor.kit.views.fault"
