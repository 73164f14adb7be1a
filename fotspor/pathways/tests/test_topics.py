"""What a contact is about stands on its page, with a mark while nobody has approved what is not verified."""

import pytest

from fotspor.instruments.actions import approve
from fotspor.instruments.queries import digest_of
from fotspor.pathways import labels
from fotspor.pathways.queries import definitions
from fotspor.pathways.tests.world import AT, TODAY

STEPS = {step.key for slug in definitions.SLUGS for step in definitions.pathway(slug).steps}
HOME = [
    "Pregnancy, birth and how it was experienced", "Network", "Both parents' mental health",
    "Tobacco, alcohol and drugs", "Violence, and never shaking a baby", "Feeding", "Interaction and attachment",
    "Sleeping position", "Weight and head circumference",
]  # fmt: skip
ALWAYS = "How the child is doing, and signs of violence or neglect"

# A contact, whether the child is born, what it is about, and which of it somebody must approve.
TABLE = [
    ("H-01", True, [*HOME, ALWAYS], []),
    ("H-02", True, [ALWAYS], []),
    ("H-14", True, ["Sight and hearing", ALWAYS], ["Sight and hearing"]),
    ("P-24", False, ["Violence, asked again"], ["Violence, asked again"]),
    ("P-US1", False, [], []),
    ("", True, [ALWAYS], []),  # outside the plan
]


@pytest.mark.parametrize(("step", "is_child", "topics", "doubtful"), TABLE)
def test_what_a_contact_is_about(step, is_child, topics, doubtful):
    rows = definitions.read_routine(definitions.FOLDER / "routines" / "topics.toml").of(step, is_child=is_child)
    assert [topic for topic, _is_verified in rows] == topics
    assert [topic for topic, is_verified in rows if not is_verified] == doubtful


def test_each_stands_at_a_contact_that_there_is():
    routine = definitions.read_routine(definitions.FOLDER / "routines" / "topics.toml")
    steps = [each.step for each in routine.contacts]
    assert set(steps) <= STEPS
    assert len(steps) == len(set(steps))


@pytest.fixture
def fresh(monkeypatch):
    monkeypatch.setattr(definitions, "_approved", set())


def marks(step):
    return {str(topic): mark for topic, mark in labels.topics(definitions.topics(), step, is_child=True)}


@pytest.mark.django_db
def test_what_is_doubtful_is_marked_until_it_is_approved(world, fresh):
    assert set(marks("H-14").values()) == {labels.UNVERIFIED, None}
    digest = digest_of("routine", "topics")
    approve(kind="routine", slug="topics", digest=digest, by=world.chief, at=AT)
    assert set(marks("H-14").values()) == {None}


@pytest.mark.django_db
def test_in_earnest_nothing_is_said_before_it_is_approved(world, fresh, settings):
    settings.IS_PRODUCTION = True
    assert marks("H-01") == {}


@pytest.mark.django_db
def test_the_page_of_a_contact_says_so(world, browser):
    visit = world.child(born_on=TODAY).contacts.get(step="H-01")
    html = browser.enter("nurse").get("pathways:contact", visit.key).content.decode()
    assert "Søvnstilling" in html
    assert "Vekt og hodeomkrets" in html
