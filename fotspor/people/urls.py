"""Addresses of people carry opaque keys only; a number is never in one."""

from django.urls import path

from fotspor.people.views import families, lives, persons, pregnancies

app_name = "people"
urlpatterns = [
    path("ny/", persons.person_new, name="person_new"),
    path("ta-inn/", persons.take_in, name="take_in"),
    path("ta-inn/<str:token>/", persons.take_in_found, name="take_in_found"),
    path("svangerskap/<str:key>/fodsel/", pregnancies.birth, name="birth"),
    path("svangerskap/<str:key>/slutt/", pregnancies.loss, name="loss"),
    path("svangerskap/<str:key>/termin/", pregnancies.due_correct, name="due_correct"),
    path("<str:key>/", persons.person, name="person"),
    path("<str:key>/endre/", persons.person_change, name="person_change"),
    path("<str:key>/flytting/", lives.person_move, name="person_move"),
    path("<str:key>/dod/", lives.person_death, name="person_death"),
    path("<str:key>/fodselsdato/", lives.birth_correct, name="birth_correct"),
    path("<str:key>/foresatte/ny/", families.guardian_new, name="guardian_new"),
    path("<str:key>/foresatte/<str:guardianship_key>/slutt/", families.guardian_end, name="guardian_end"),
    path("<str:key>/adopsjon/", families.adoption, name="adoption"),
    path("<str:key>/samme/", families.merge_choose, name="merge_choose"),
    path("<str:key>/samme/<str:other_key>/", families.merge, name="merge"),
]
