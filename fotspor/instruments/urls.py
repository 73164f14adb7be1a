"""Addresses of forms, duties, figures and definitions. Keys say nothing about whom they lead to."""

from django.urls import path

from fotspor.instruments.views import definitions, duties, figures, responses, summaries

app_name = "instruments"
urlpatterns = [
    path("person/<str:person_key>/", responses.responses, name="responses"),
    path("person/<str:person_key>/<slug:slug>/ny/", responses.response_new, name="response_new"),
    path("skjema/<str:key>/", responses.response, name="response"),
    path("skjema/<str:key>/utkast/", responses.response_draft, name="response_draft"),
    path("skjema/<str:key>/signer/", responses.response_sign, name="response_sign"),
    path("skjema/<str:key>/start/", responses.response_start, name="response_start"),
    path("skjema/<str:key>/rett/", responses.response_correct, name="response_correct"),
    path("skjema/<str:key>/trekk/", responses.response_withdraw, name="response_withdraw"),
    path("skjema/<str:key>/skriv-ut/", responses.response_print, name="response_print"),
    path("skjema/<str:key>/ark/", responses.response_sheet, name="response_sheet"),
    path("skjema/<str:key>/til-barnet/<str:child_key>/", summaries.summary_release, name="summary_release"),
    path("setning/<str:key>/trekk/", summaries.summary_withdraw, name="summary_withdraw"),
    path("oppgave/<str:key>/", duties.duty, name="duty"),
    path("oppgave/<str:key>/tilbake/", duties.duty_take_back, name="duty_take_back"),
    path("oppgave/<str:key>/brev/", duties.letter, name="letter"),
    path("oppgave/<str:key>/brev/skriv-ut/", duties.letter_print, name="letter_print"),
    path("oppgave/<str:key>/trekk/", duties.duty_withdraw, name="duty_withdraw"),
    path("varsel/<str:key>/", duties.withdrawal, name="withdrawal"),
    path("oppgave/<str:key>/sett/", duties.duty_confirm, name="duty_confirm"),
    path("fordeling/<slug:slug>/", figures.distribution, name="distribution"),
    path("definisjoner/", definitions.definitions, name="definitions"),
    path("definisjoner/<slug:kind>/<slug:slug>/", definitions.definition, name="definition"),
]
