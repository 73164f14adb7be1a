from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "fotspor.kit"
    label = "kit"

    def ready(self):
        from fotspor.kit.faults import keep_persons_out

        keep_persons_out()
