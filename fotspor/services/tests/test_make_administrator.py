"""The first administrator of a new installation, made from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from fotspor.services.models import Invitation, Membership, Municipality, Staff, Unit

pytestmark = pytest.mark.django_db
WHO = {"email": "first@fotspor.example", "given_name": "Varsom", "family_name": "Elv"}


def run(**more):
    out = StringIO()
    call_command("make_administrator", stdout=out, **WHO, **more)
    return out.getvalue()


def test_the_first_one_comes_with_municipality_and_administration():
    shown = run(municipality="Øvingskommunen", number="5001")
    post = Membership.objects.get(staff__email=WHO["email"])
    assert (post.role, post.unit.kind) == ("administrator", Unit.Kind.ADMINISTRATION)
    assert Municipality.objects.get().name == "Øvingskommunen"
    token = shown.strip().rstrip("/").rsplit("/", 1)[1]
    assert len(token) > 20
    assert not Invitation.objects.filter(token_digest=token).exists(), "only a digest is kept"


def test_the_link_leads_to_choosing_a_password(client):
    shown = run(municipality="Øvingskommunen")
    path = "/" + shown.strip().split("/", 3)[3].split("\n")[0]
    assert client.get(path).status_code == 200


def test_the_same_address_twice_is_refused_and_stores_nothing():
    run(municipality="Øvingskommunen")
    with pytest.raises(CommandError, match="already registered"):
        run()
    assert Staff.objects.count() == 1


def test_without_a_municipality_its_name_is_asked_for():
    with pytest.raises(CommandError, match="--municipality"):
        run()
    assert not Municipality.objects.exists()
    assert not Staff.objects.exists()
