"""What every page knows about the house it stands in."""

from uuid import uuid4

from django.conf import settings

from fotspor.kit import clock


def house(request):
    return {
        "practice": not settings.IS_PRODUCTION,
        "demo": settings.IS_DEMO,
        "once_token": uuid4().hex,
        "now": clock.now(),
        "today": clock.today(),
    }
