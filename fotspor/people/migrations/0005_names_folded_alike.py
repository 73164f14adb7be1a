"""æ and ä are found by a as well as by ae: the keys of search are made anew from themselves."""

import re

from django.db import migrations


def fold_again(apps, schema_editor):
    """What the rule does with a name, done with its key; a key that is folded already stays as it is."""
    people = apps.get_model("people", "Person").objects
    for pk, key in people.filter(search_name__contains="ae").values_list("pk", "search_name").iterator():
        people.filter(pk=pk).update(search_name=re.sub("a[ae]+", "a", key))


class Migration(migrations.Migration):
    dependencies = [("people", "0004_deaths_taken_back")]

    operations = [migrations.RunPython(fold_again, migrations.RunPython.noop)]
