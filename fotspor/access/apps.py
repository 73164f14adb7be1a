from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "fotspor.access"
    label = "access"
