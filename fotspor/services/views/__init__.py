"""The pages of the services, by what they are about."""

from fotspor.services.views import account, own, people, places, setup, staff_files

__all__ = ["account", "own", "people", "places", "setup", "staff_files"]
