from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "fotspor.people"
    label = "people"
