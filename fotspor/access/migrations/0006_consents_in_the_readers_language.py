"""Our own words about a consent are kept as a code, and said in the language of whoever reads them."""

from django.conf import settings
from django.db import migrations, models

# What the house itself had written, in the language of whoever recorded the consent.
LETTER = (
    "A letter to the GP about the conversation after a form",
    "Et brev til fastlegen om samtalen etter et skjema",
    "Eit brev til fastlegen om samtalen etter eit skjema",
)
WITH_SUM = (
    "The letter says the sum of the form.",
    "Brevet sier summen på skjemaet.",
    "Brevet seier summen på skjemaet.",
)
SENTENCE = (
    "One sentence from my own form, on the child's page",
    "Én setning fra mitt eget skjema, på barnets side",
    "Éi setning frå mitt eige skjema, på sida til barnet",
)


def by_code(apps, schema_editor):
    """Our own words become a code. What somebody wrote stays. Safe to repeat."""
    consents = apps.get_model("access", "Consent").objects.filter(wording="")
    for consent in consents.filter(what="letter_to_gp", purpose__in=LETTER).iterator():
        consent.wording = "letter_sum" if consent.summary in WITH_SUM else "letter"
        consent.purpose, consent.summary = "", None
        consent.save(update_fields=["wording", "purpose", "summary"])
    consents.filter(what="form_summary", purpose__in=SENTENCE).update(wording="sentence", purpose="")


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_look_reviews"),
        ("people", "0006_moves_taken_back"),
        ("services", "0004_project_leader_and_council"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="wording",
            field=models.CharField(
                blank=True,
                choices=[
                    ("letter", "A letter to the GP about the conversation after a form, without the sum"),
                    ("letter_sum", "A letter to the GP about the conversation after a form, with the sum"),
                    ("sentence", "One sentence from my own form, on the child's page"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.RunPython(by_code, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("wording", ""), ("purpose", ""), _connector="OR"),
                name="consent_purpose_in_one_way",
            ),
        ),
    ]
