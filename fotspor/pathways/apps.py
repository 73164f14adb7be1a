from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    name = "fotspor.pathways"
    label = "pathways"

    def ready(self):
        from fotspor.instruments.queries import add_shelf
        from fotspor.pathways.queries.approvals import SHELF

        add_shelf("pathway", SHELF)
