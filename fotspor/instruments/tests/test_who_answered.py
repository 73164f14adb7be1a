"""«Who answered?» lists a parent by a word that leads nowhere, since not everybody may open that parent's page."""

from fotspor.instruments.models import Response
from fotspor.instruments.tests.test_views import text, url
from fotspor.instruments.tests.world import word_for
from fotspor.people.models import Person


def test_who_answered_is_named_without_the_way_to_a_page_the_viewer_may_not_open(nurse, world):
    Person.objects.filter(pk=world.father.pk).update(protection="strict")
    address = url("response_new", world.child.key, "epds")
    page = text(nurse.get(address))
    assert world.father.key not in page
    assert world.father.name not in page
    assert word_for(world.father, world.child) in page
    filled = {"answerer": world.father.key, "answered_on": "2026-11-24", "language": "nb", "occasion": "six_weeks"}
    assert nurse.post(address, filled).status_code == 422
    assert not Response.objects.exists()


def test_the_only_one_who_can_answer_is_chosen_already(nurse, world):
    Person.objects.filter(pk=world.mother.pk).update(protection="confidential")
    page = text(nurse.get(url("response_new", world.mother.key, "epds")))
    word = word_for(world.mother, world.mother)
    assert f'value="{word}" checked' in " ".join(page.split()) or page.count(word) == 1
