"""Addresses of single tasks; the lists are in `desk`."""

from django.urls import path

from fotspor.worklist import views

app_name = "worklist"
urlpatterns = [
    path("ny/", views.task_write, name="task_write"),
    path("ny/<str:person_key>/", views.task_new, name="task_new"),
    path("<str:key>/", views.task, name="task"),
    path("<str:key>/ferdig/", views.task_finish, name="task_finish"),
    path("<str:key>/gi-videre/", views.task_assign, name="task_assign"),
]
