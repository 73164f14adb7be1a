from django.apps import AppConfig
from django.core.checks import Tags, register


class InstrumentsConfig(AppConfig):
    name = "fotspor.instruments"
    label = "instruments"

    def ready(self):
        from fotspor.instruments.queries.definitions import check_definitions_are_approved

        register(check_definitions_are_approved, Tags.database)
