"""Addresses of the population register's import; `urls.py` adds them to its own."""

from django.urls import path

from fotspor.pathways.views import register_imports as views

urlpatterns = [
    path("folkeregister/", views.register_imports, name="register_imports"),
    path("folkeregister/<str:key>/", views.register_import, name="register_import"),
    path("folkeregister/<str:key>/ta-inn/", views.register_import_apply, name="register_import_apply"),
    path("folkeregister/<str:key>/rad/<int:row>/", views.register_proposal, name="register_proposal"),
]
