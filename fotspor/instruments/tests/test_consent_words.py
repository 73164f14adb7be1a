"""Our own words about a consent are read in the reader's language; what somebody wrote stays as it was written."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils.translation import override

from fotspor.access.actions import give_consent
from fotspor.access.models import Consent
from fotspor.access.queries import consents_of
from fotspor.instruments.tests.test_actions import signed
from fotspor.instruments.tests.test_duties import answer
from fotspor.instruments.tests.test_queries import release
from fotspor.instruments.tests.world import AT, DAY, answers

pytestmark = pytest.mark.django_db
by_code = import_module("fotspor.access.migrations.0006_consents_in_the_readers_language").by_code


def letter(world, *, with_sum):
    signed(world, answers(14))
    answer(world, "letter", "asked_yes_not_sent", with_sum=with_sum)


# What is consented to, and what it says to somebody who reads bokmål, nynorsk and English.
WORDS = [
    (
        lambda world: letter(world, with_sum=True),
        "Et brev til fastlegen om samtalen etter et skjema, med summen",
        "Eit brev til fastlegen om samtalen etter eit skjema, med summen",
        "A letter to the GP about the conversation after a form, with the sum",
    ),
    (
        lambda world: letter(world, with_sum=False),
        "Et brev til fastlegen om samtalen etter et skjema, uten summen",
        "Eit brev til fastlegen om samtalen etter eit skjema, utan summen",
        "A letter to the GP about the conversation after a form, without the sum",
    ),
    (
        lambda world: release(world, signed(world, answers(20))),
        "Én setning fra mitt eget skjema, på barnets side",
        "Éi setning frå mitt eige skjema, på sida til barnet",
        "One sentence from my own form, on the child's page",
    ),
]


def read(world, language):
    with override(language):
        page = consents_of(viewer=world.nurse, person_key=world.mother.key, at=AT)
        return [str(row.purpose) for card in page.cards for row in (*card.given, *card.earlier)]


@pytest.mark.parametrize("written_in", ["nb", "en"])
@pytest.mark.parametrize(("consents", "nb", "nn", "en"), WORDS)
def test_each_reads_it_in_her_own_language_whoever_wrote_it_down(world, written_in, consents, nb, nn, en):
    with override(written_in):
        consents(world)
    assert [read(world, language) for language in ("nb", "nn", "en")] == [[nb], [nn], [en]]
    assert Consent.objects.get().purpose == ""


def test_free_words_stay_as_they_were_written(world):
    said = {"what": "letter_to_gp", "to_unit_id": None, "purpose": "Hun vil at legen skal vite det", "from_on": DAY}
    give_consent(person_id=world.mother.pk, given_by_id=world.mother.pk, **said, by=world.nurse, at=AT)
    assert read(world, "en") == read(world, "nb") == ["Hun vil at legen skal vite det"]


@pytest.mark.parametrize(
    ("what", "purpose", "summary", "wording"),
    [
        ("letter_to_gp", "Et brev til fastlegen om samtalen etter et skjema", "Brevet sier summen på skjemaet.",
         "letter_sum"),
        ("letter_to_gp", "A letter to the GP about the conversation after a form",
         "The letter says nothing about the sum.", "letter"),
        ("form_summary", "Éi setning frå mitt eige skjema, på sida til barnet", None, "sentence"),
        ("letter_to_gp", "Hun vil at legen skal vite det", None, ""),
    ],
)  # fmt: skip
def test_what_stands_there_from_before_becomes_a_code_and_twice_changes_nothing(world, what, purpose, summary, wording):
    mother = world.mother
    about = {"person": mother, "given_by": mother, "recorded_at": AT, "recorded_by_id": world.nurse.staff_id}
    Consent.objects.create(**about, what=what, purpose=purpose, summary=summary, from_on=DAY)
    for _ in range(2):
        by_code(apps, None)
        found = Consent.objects.get()
        assert (found.wording, found.purpose) == (wording, "" if wording else purpose)
