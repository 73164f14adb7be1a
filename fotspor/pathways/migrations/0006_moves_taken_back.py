"""A row of the register may say that somebody who was recorded as moved out lives where they lived."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0005_missed_once_a_day"),
    ]

    operations = [
        migrations.AlterField(
            model_name="registerrow",
            name="change",
            field=models.CharField(
                choices=[
                    ("new", "New"),
                    ("changed", "Changed"),
                    ("moved", "Moved"),
                    ("dead", "Dead"),
                    ("alive", "Registered as dead here, alive in the register"),
                    ("stayed", "Moved out here, at the same address in the register"),
                    ("same", "Unchanged"),
                    ("proposed", "May be somebody we already have"),
                    ("unmatched", "Not in the file"),
                    ("refused", "Refused"),
                    ("not_needed", "Not needed"),
                ],
                max_length=12,
            ),
        ),
    ]
