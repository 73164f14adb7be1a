from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "fotspor.desk"
    label = "desk"
