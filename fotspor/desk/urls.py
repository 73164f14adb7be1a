"""Addresses of the staff's pages. The day's page is the front door."""

from django.urls import path

from fotspor.desk.views import colleagues, day, files, others, people

app_name = "desk"
urlpatterns = [
    path("", day.day, name="day"),
    path("min-dag/skriv-ut/", day.day_print, name="day_print"),
    path("min-dag/papir/", day.day_paper, name="day_paper"),
    path("min-dag/tatt/", day.day_taken, name="day_taken"),
    path("min-dag/oppgave/<str:key>/", day.day_task, name="day_task"),
    path("barn/", people.people, name="people"),
    path("barn/fil/", files.people_file, name="people_file"),
    path("barn/<str:key>/", people.child, name="child"),
    path("barn/<str:key>/skriv-ut/", people.child_print, name="child_print"),
    path("barn/<str:key>/papir/", people.child_paper, name="child_paper"),
    path("voksen/<str:key>/", people.person, name="person"),
    path("voksen/<str:key>/hvem-folger-opp/", colleagues.person_colleagues, name="person_colleagues"),
    path("sok/", people.search, name="search"),
    path("sok/<str:token>/", people.search_found, name="search_found"),
    path("enheten/", others.unit, name="unit"),
    path("enheten/fil/", files.unit_file, name="unit_file"),
    path("enheten/<str:key>/hvem-folger-opp/", colleagues.name_colleagues, name="name_colleagues"),
    path("barnehagen/", others.kindergarten, name="kindergarten"),
    path("tall/", others.figures, name="figures"),
    path("tall/fil/", files.figures_file, name="figures_file"),
    path("bekymret/", others.concern, name="concern"),
]
