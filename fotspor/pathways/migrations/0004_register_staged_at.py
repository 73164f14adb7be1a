from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pathways", "0003_handovers_taken_back_by_facts")]

    operations = [
        migrations.AlterModelOptions(name="registerimport", options={}),
        migrations.RenameField("registerimport", "received_at", "staged_at"),
        migrations.RemoveField("registerimport", "staged_on"),
        migrations.AlterModelOptions(name="registerimport", options={"ordering": ["-staged_at", "-id"]}),
    ]
