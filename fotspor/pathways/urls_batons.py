"""Addresses of batons, handovers and stops; `urls.py` adds them to its own."""

from django.urls import path

from fotspor.pathways.views import batons as views

urlpatterns = [
    path("stafettpinner/", views.batons, name="batons"),
    path("stafettpinner/<str:key>/", views.handover, name="handover"),
    path("stafettpinner/<str:key>/overta/", views.handover_accept, name="handover_accept"),
    path("stafettpinner/<str:key>/si-nei/", views.handover_decline, name="handover_decline"),
    path("stafettpinner/<str:key>/til-leder/", views.handover_to_leader, name="handover_to_leader"),
    path("stafettpinner/<str:key>/send-videre/", views.handover_redirect, name="handover_redirect"),
    path("stafettpinner/<str:key>/trekk/", views.handover_withdraw, name="handover_withdraw"),
    path("stafettpinner/<str:key>/behold/", views.handover_keep, name="handover_keep"),
    path("utildelt/<str:key>/", views.unassigned_assign, name="unassigned_assign"),
    path("journal/<str:key>/stafettpinne/ny/", views.handover_new, name="handover_new"),
    path("journal/<str:key>/stafettpinne/bekreft/", views.baton_confirm, name="baton_confirm"),
    path("journal/<str:key>/stopp/ny/", views.stop_new, name="stop_new"),
    path("stopp/<str:key>/", views.stop, name="stop"),
]
