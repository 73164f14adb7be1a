"""A guardianship gets an address of its own, so that no page links to it by way of the guardian."""

from django.db import migrations, models

import fotspor.kit.models


def give_keys(apps, schema_editor):
    rows = apps.get_model("people", "Guardianship").objects
    for pk in rows.order_by("pk").values_list("pk", flat=True).iterator():
        rows.filter(pk=pk).update(key=fotspor.kit.models.new_key())


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="guardianship",
            name="key",
            field=models.CharField(default="", editable=False, max_length=16),
            preserve_default=False,
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="guardianship",
            name="key",
            field=models.CharField(default=fotspor.kit.models.new_key, editable=False, max_length=16, unique=True),
        ),
    ]
