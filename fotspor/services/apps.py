from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "fotspor.services"
    label = "services"
