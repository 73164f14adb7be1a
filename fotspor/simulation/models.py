"""What the simulation remembers of what it has played. Never installed in production."""

from django.db import models

from fotspor.kit.models import Holds, Retention


class Build(models.Model):
    """One made-up municipality: its seed, the day it was built, and the day it has been played to."""

    holds = Holds(Retention.TRANSIENT, technical=["id", "size", "seed", "built_on", "played_to_on"])

    size = models.CharField(max_length=10)
    seed = models.IntegerField()
    built_on = models.DateField()
    played_to_on = models.DateField(null=True)  # null: the building was broken off, and goes on when run again


class Plant(models.Model):
    """One slip that was planted, by leaving out or delaying an action. Nothing in the product reads this."""

    holds = Holds(Retention.TRANSIENT, technical=["id", "build", "kind", "family", "planted_on", "journey_key"])

    build = models.ForeignKey(Build, models.CASCADE, related_name="plants")
    kind = models.CharField(max_length=20)
    family = models.PositiveIntegerField()
    journey_key = models.CharField(max_length=16)
    planted_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("build", "kind", "family", name="plant_once")]
