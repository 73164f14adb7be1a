"""The doors of the house. Each app owns its addresses."""

from django.urls import include, path

urlpatterns = [
    path("", include("fotspor.desk.urls")),
    path("", include("fotspor.services.urls")),
    path("tilgang/", include("fotspor.access.urls")),
    path("personer/", include("fotspor.people.urls")),
    path("oppgaver/", include("fotspor.worklist.urls")),
    path("kartlegging/", include("fotspor.instruments.urls")),
    path("lop/", include("fotspor.pathways.urls")),
    path("", include("fotspor.kit.urls")),
]
