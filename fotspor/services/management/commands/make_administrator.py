"""Make an administrator and print a one-time link; the first one comes with the municipality and its administration."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from fotspor.access.rules import SYSTEM
from fotspor.kit import clock
from fotspor.kit.errors import Refused
from fotspor.services import actions, queries, rules


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--email", required=True)
        parser.add_argument("--given-name", required=True)
        parser.add_argument("--family-name", required=True)
        parser.add_argument("--municipality", default="", help="Its name, when this is the first administrator.")
        parser.add_argument("--number", default="0000", help="The municipality's four digits.")

    def handle(self, *, email, given_name, family_name, municipality, number, **options):
        with translation.override("en"):
            try:
                validate_email(email)
                token = self._make(rules.Newcomer(email, given_name, family_name), municipality, number)
            except (Refused, ValidationError) as error:
                raise CommandError(f"{getattr(error, 'message', error)} Nothing was stored.") from error
        host = next(iter(settings.ALLOWED_HOSTS), "127.0.0.1:8000")
        self.stdout.write(f"One-time link, valid for {rules.INVITATION_DAYS} days:")
        self.stdout.write(f"https://{host}{reverse('services:invitation', args=[token])}")

    @transaction.atomic
    def _make(self, who, municipality, number):
        at = clock.now()
        if queries.municipality() is None and not municipality:
            raise CommandError("Say the municipality's name with --municipality. Nothing was stored.")
        unit = actions.found_municipality(
            municipality="" if queries.municipality() else municipality, number=number, by=SYSTEM, at=at
        )
        _invitation, token = actions.invite_staff(who=who, unit=unit, role="administrator", by=SYSTEM, at=at)
        return token
