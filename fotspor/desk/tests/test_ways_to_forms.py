"""From the child's page and from each contact there is a way to a form on paper, for either parent."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from fotspor.instruments.queries import on_paper
from fotspor.pathways.models import Contact
from fotspor.pathways.tests.world import AT, TODAY


@pytest.fixture
def text(client, world):
    def text(who, name, key):
        client.force_login(world.staff[who], backend="allauth.account.auth_backends.AuthenticationBackend")
        with time_machine.travel(AT, tick=False):
            return client.get(reverse(name, args=[key])).content.decode()

    return text


@pytest.fixture
def journey(world):
    return world.child()


def test_every_open_contact_and_the_childs_page_lead_to_the_form(world, journey, text):
    address = reverse("instruments:response_new", args=[journey.child.key, "epds"])
    assert address in text("nurse", "desk:child", journey.key)
    for contact in Contact.objects.filter(journey=journey, outcome="", cancelled_on=None)[:3]:
        assert address in text("nurse", "pathways:contact", contact.key)


def test_the_form_offers_those_who_may_answer_and_strangers_nothing(world, journey, text, client):
    assert "epds" not in text("nurse_south", "desk:child", journey.key).lower()
    with time_machine.travel(AT, tick=False):
        client.force_login(world.staff["nurse"], backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(reverse("instruments:response_new", args=[journey.child.key, "epds"])).status_code == 200
        client.force_login(world.staff["nurse_south"], backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(reverse("instruments:response_new", args=[journey.child.key, "epds"])).status_code == 404


def test_it_is_offered_as_long_as_the_form_has_an_occasion_and_to_those_who_screen(world, journey):
    def slugs(viewer=world.nurse, weeks=0, **more):
        day = journey.child.born_on + timedelta(weeks=weeks)
        return [slug for slug, _title in on_paper(viewer=viewer, journey=journey, today=day, **more)]

    assert slugs() == slugs(weeks=51) == ["epds"]
    assert slugs(weeks=52) == []
    assert slugs(weeks=10, also=["epds"]) == ["epds"]
    assert slugs(viewer=world.leader) == slugs(viewer=world.leader, also=["epds"]) == []
    journey.child.died_on = TODAY
    assert slugs() == []
