from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "fotspor.operation"
    label = "operation"
