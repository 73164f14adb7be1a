from django.apps import AppConfig


class SimulationConfig(AppConfig):
    name = "fotspor.simulation"
    label = "simulation"
