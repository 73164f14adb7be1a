"""Addresses of contacts, the calendar, pregnancies, groups, batons and register imports."""

from django.urls import path

from fotspor.pathways import urls_batons, urls_register
from fotspor.pathways.views import calendar, closings, contacts, kindergartens, pregnancies

app_name = "pathways"
urlpatterns = [
    path("kalender/", calendar.calendar, name="calendar"),
    path("svangerskap/nytt/", pregnancies.pregnancy_new, name="pregnancy_new"),
    path("gruppe/ny/", calendar.group_new, name="group_new"),
    path("gruppe/<str:key>/", calendar.group, name="group"),
    path("journal/<str:journey_key>/kontakt/ny/", contacts.contact_new, name="contact_new"),
    path("journal/<str:key>/barnehage/", kindergartens.kindergarten, name="kindergarten"),
    path("journal/<str:key>/barnehage/ansatte/", kindergartens.kindergarten_staff, name="kindergarten_staff"),
    path("journal/<str:key>/apnet-ved-feil/", kindergartens.journey_close, name="journey_close"),
    path("journal/<str:key>/lukket/", closings.journey_closed, name="journey_closed"),
    path("journal/<str:key>/lukket/angre/", closings.journey_undo, name="journey_undo"),
    path("journal/<str:key>/slutt/angre/", closings.loss_undo, name="loss_undo"),
    path("person/<str:key>/dodsfall/", closings.death_undo, name="death_undo"),
    path("person/<str:key>/utflytting/", closings.move_undo, name="move_undo"),
    path("kontakt/<str:key>/", contacts.contact, name="contact"),
    path("kontakt/<str:key>/time/", contacts.contact_book, name="contact_book"),
    path("kontakt/<str:key>/avlys/", contacts.contact_unbook, name="contact_unbook"),
    path("kontakt/<str:key>/hva-skjedde/", contacts.contact_record, name="contact_record"),
    path("kontakt/<str:key>/kom-ikke/", contacts.contact_absent, name="contact_absent"),
    path("kontakt/<str:key>/kom-ikke/<str:on>/", contacts.contact_answer, name="contact_answer"),
    path("kontakt/<str:key>/kom-ikke/<str:on>/rett/", contacts.absence_take_back, name="absence_take_back"),
    path("kontakt/<str:key>/rett/", contacts.contact_reopen, name="contact_reopen"),
    *urls_batons.urlpatterns,
    *urls_register.urlpatterns,
]
