"""Who recorded a death and when, so that it can be taken back; and where a family that moved in came from."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def who_recorded(apps, schema_editor):
    """What closed the journeys of children who died is known already."""
    person = apps.get_model("people", "Person")
    closed = apps.get_model("people", "Journey").objects.filter(close_reason="died", child__died_on__isnull=False)
    for child_id, at, by_id in closed.values_list("child_id", "closed_at", "closed_by_id"):
        person.objects.filter(pk=child_id).update(death_recorded_at=at, death_recorded_by_id=by_id)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_twins_told_apart"),
        ("services", "0002_who_gave_a_post"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="person",
            name="person_graded_has_no_address",
        ),
        migrations.AddField(
            model_name="person",
            name="death_recorded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="death_recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="moved_from",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name="correction",
            name="what",
            field=models.CharField(
                choices=[
                    ("born_on", "Birth date"),
                    ("due_on", "Due date"),
                    ("merged", "Two entries joined"),
                    ("adopted", "Adoption"),
                    ("mistake", "Opened by mistake"),
                    ("died_on", "Date of death"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("death_recorded_at", None), ("died_on__isnull", False), _connector="OR"),
                name="person_death_recorded_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address_protection", "none"), ("protection", "none")),
                    models.Q(("city", ""), ("household", ""), ("moved_from", ""), ("postcode", ""), ("street", "")),
                    _connector="OR",
                ),
                name="person_graded_has_no_address",
            ),
        ),
        migrations.RunPython(who_recorded, migrations.RunPython.noop),
    ]
