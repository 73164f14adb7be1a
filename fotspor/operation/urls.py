"""Addresses of whoever keeps the installation."""

from django.urls import path

from fotspor.operation import views

app_name = "operation"
urlpatterns = [
    path("", views.status, name="status"),
    path("si-fra/", views.say, name="say"),
    path("si-fra/<str:key>/", views.message, name="message"),
    path("nytt/", views.news, name="news"),
]
