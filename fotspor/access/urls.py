from django.urls import path

from fotspor.access import views

app_name = "access"
urlpatterns = [
    path("hvem-har-sett/", views.who_has_looked, name="who_has_looked"),
    path("hvem-har-sett/<str:person_key>/utskrift/", views.who_has_looked_print, name="who_has_looked_print"),
    path("hvem-har-sett/<str:person_key>/fil/", views.who_has_looked_file, name="who_has_looked_file"),
    path("gjennomgang/", views.reviews, name="reviews"),
    path("gjennomgang/<str:reason>/", views.review_list, name="review_list"),
    path("gjennomgang/<str:reason>/<str:staff_key>/<str:person_key>/", views.look_review, name="look_review"),
    path("behandlingsprotokoll/", views.processing, name="processing"),
    path("roller/", views.roles, name="roles"),
    path("nodtilgang/", views.emergencies, name="emergencies"),
    path("nodtilgang/ny/", views.break_glass, name="break_glass"),
    path("nodtilgang/<str:key>/samtykk/", views.emergency_second, name="emergency_second"),
    path("samtykker/<str:person_key>/", views.consents, name="consents"),
    path("samtykker/<str:person_key>/<str:key>/trekk/", views.consent_withdraw, name="consent_withdraw"),
]
