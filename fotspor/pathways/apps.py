from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    name = "fotspor.pathways"
    label = "pathways"

    def ready(self):
        from fotspor.instruments.queries import add_calendar, add_shelf
        from fotspor.pathways.queries.approvals import ROUTINES, SHELF
        from fotspor.pathways.queries.contacts import concerns_of_conversation

        add_shelf("pathway", SHELF)
        add_shelf("routine", ROUTINES)
        add_calendar(concerns_of_conversation)
