from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    name = "fotspor.pathways"
    label = "pathways"
