from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "fotspor.kit"
    label = "kit"
