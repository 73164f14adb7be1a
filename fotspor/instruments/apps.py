from django.apps import AppConfig


class InstrumentsConfig(AppConfig):
    name = "fotspor.instruments"
    label = "instruments"
