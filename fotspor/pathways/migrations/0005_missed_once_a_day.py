from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pathways", "0004_register_files_compared_anew")]

    operations = [
        migrations.AddConstraint(
            model_name="missedappointment",
            constraint=models.UniqueConstraint(
                models.F("contact"),
                models.F("missed_on"),
                condition=models.Q(("withdrawn_at", None)),
                name="missed_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="missedappointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="missed_withdrawn_is_a_pair",
            ),
        ),
    ]
