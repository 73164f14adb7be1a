"""Whoever must still answer a result sees whom it is about, also where her relation has ended meanwhile."""

from django.db import migrations
from django.utils import timezone


def keep(apps, _schema_editor):
    Duty, Relation = apps.get_model("instruments", "Duty"), apps.get_model("access", "CareRelation")
    now = timezone.now()
    waiting = Duty.objects.filter(withdrawn_at=None, ended_on=None, closed_on=None, unit__isnull=False)
    for person_id, unit_id in waiting.order_by().values_list("response__subject", "unit").distinct():
        values = {"from_on": timezone.localdate(now), "opened_at": now}
        Relation.objects.get_or_create(
            person_id=person_id, unit_id=unit_id, staff=None, basis="result", until_on=None, defaults=values
        )


class Migration(migrations.Migration):
    dependencies = [("instruments", "0002_what_followed_from_forms"), ("access", "0007_relations_of_results")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
