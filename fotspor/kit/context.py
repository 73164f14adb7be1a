"""What every page knows about the house it stands in."""

from django.conf import settings

from fotspor.kit import clock


def house(request):
    return {
        "practice": not settings.IS_PRODUCTION,
        "demo": settings.IS_DEMO,
        "now": clock.now(),
        "today": clock.today(),
    }
