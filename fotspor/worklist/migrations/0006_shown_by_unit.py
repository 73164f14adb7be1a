from django.db import migrations, models
from django.db.models.functions import Coalesce, Least


class Migration(migrations.Migration):
    dependencies = [("worklist", "0005_open_tasks_by_journey")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                models.F("unit"),
                Least("opens_on", Coalesce("booked_on", "opens_on")),
                condition=models.Q(done_on=None, ended_on=None),
                name="task_shown_by_unit",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["unit"],
                condition=models.Q(done_on=None, ended_on=None, for_leader=True),
                name="task_open_of_leader",
            ),
        ),
    ]
