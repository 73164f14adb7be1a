from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "fotspor.worklist"
    label = "worklist"
