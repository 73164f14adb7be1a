"""Those who were born together are told apart by their order, also before they have names."""

from django.db import migrations, models
from django.db.models import Count


def find_twins(apps, schema_editor):
    journeys = apps.get_model("people", "Journey").objects.filter(child__isnull=False, pregnancy__isnull=False)
    together = journeys.order_by().values("pregnancy").annotate(born=Count("id")).filter(born__gt=1)
    children = journeys.filter(pregnancy__in=[row["pregnancy"] for row in together]).values_list("child_id", flat=True)
    apps.get_model("people", "Person").objects.filter(pk__in=list(children)).update(has_twin=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_guardianship_key")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="has_twin",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(find_twins, migrations.RunPython.noop),
    ]
