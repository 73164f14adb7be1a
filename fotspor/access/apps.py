from django.apps import AppConfig
from django.core.checks import Tags, register


class AccessConfig(AppConfig):
    name = "fotspor.access"
    label = "access"

    def ready(self):
        from fotspor.access.triggers import check_log_is_append_only

        register(check_log_is_append_only, Tags.database)
