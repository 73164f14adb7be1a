from django.conf import settings
from django.urls import path

from fotspor.kit import views

app_name = "kit"
urlpatterns = [
    path("sprak/", views.language, name="language"),
    path("tilgjengelighet/", views.accessibility, name="accessibility"),
    path("hjelp/", views.help_page, name="help"),
]
if not settings.IS_PRODUCTION:
    urlpatterns += [path("komponenter/", views.gallery, name="gallery")]
