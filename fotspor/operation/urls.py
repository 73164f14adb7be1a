"""Addresses of whoever keeps the installation."""

from django.urls import path

from fotspor.operation import views

app_name = "operation"
urlpatterns = [
    path("", views.status, name="status"),
]
