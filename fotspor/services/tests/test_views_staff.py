"""Screens about people: invited, reset, away, gone; and one's own."""

import re
from datetime import date, timedelta

import pytest

from fotspor.access.rules import SYSTEM
from fotspor.kit.identifiers import example
from fotspor.services import actions, queries
from fotspor.services.models import Absence, Invitation, Membership, Staff
from fotspor.services.tests.builders import AT, PASSWORD, TODAY, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.urls("fotspor.services.tests.urls")]
WEEK = TODAY + timedelta(days=7)
NUMBER = example(date(1984, 2, 3))


def body(response):
    return re.sub(r"\s+", " ", response.content.decode())


# --- staff


NEWCOMER = {
    "given_name": "Ny",
    "family_name": "Her",
    "title": "",
    "email": "ny.her@example.org",
    "identity_number": NUMBER,
}


def test_an_invitation_shows_its_link_once_and_the_link_works(enter, town, client):
    enter(town.administrator)
    response = client.post("/ansatte/ny/", {**NEWCOMER, "unit": town.station.key, "role": "nurse"})
    staff = Staff.objects.get(email="ny.her@example.org")
    assert response.url == f"/ansatte/{staff.key}/lenke/"
    link = re.search(r'value="http://testserver(/invitasjon/[^"]+)"', body(client.get(response.url))).group(1)
    assert link not in body(client.get(response.url))
    client.logout()
    page = body(client.get(link))
    assert page.count("<h1") == 1
    assert "ny.her@example.org" in page
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD + "x"}).status_code == 422
    assert client.post(link, {"password": "kort", "again": "kort"}).status_code == 422
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD}).url == "/konto/inn/"
    assert client.get(link).status_code == 404
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 404
    client.post("/konto/inn/", {"login": staff.email, "password": PASSWORD})
    assert client.get("/desk/").wsgi_request.viewer.role == "nurse"


def test_a_guessed_link_tells_nothing(client, town):
    response = client.get("/invitasjon/gjettet/")
    assert response.status_code == 404
    assert "example.org" not in body(response)


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "rolig.dal@example.org"},
        {"email": "not an address"},
        {"identity_number": "123"},
        {"identity_number": "11111111111"},
        {"identity_number": ""},
        {"role": "administrator"},
        {"role": ""},
        {"unit": "nonsense"},
    ],
)
def test_an_invitation_that_cannot_be_comes_back_and_stores_nothing(enter, town, wrong):
    form = {**NEWCOMER, "unit": town.station.key, "role": "nurse", **wrong}
    response = enter(town.administrator).post("/ansatte/ny/", form)
    assert response.status_code == 422
    assert 'value="Ny"' in body(response)
    assert not Staff.objects.filter(family_name="Her").exists()


def test_a_new_link_for_somebody_who_never_used_theirs(enter, town):
    client = enter(town.administrator)
    assert client.get(f"/ansatte/{town.nurse.key}/inviter/").status_code == 405
    assert client.post(f"/ansatte/{town.nurse.key}/inviter/").url == f"/ansatte/{town.nurse.key}/lenke/"
    _invitation, token = actions.invite_again(staff=town.nurse, by=SYSTEM, at=AT)
    actions.accept_invitation(token=token, password=PASSWORD, at=AT)
    assert client.post(f"/ansatte/{town.nurse.key}/inviter/").status_code == 422


def test_a_reset_needs_words(enter, town):
    client = enter(town.administrator)
    address = f"/ansatte/{town.nurse.key}/tilbakestill/"
    assert client.post(address, {"identity_checked_how": "så henne"}).status_code == 422
    assert not Invitation.objects.exists()
    done = client.post(address, {"identity_checked_how": "Møtte opp og viste pass"})
    assert done.url == f"/ansatte/{town.nurse.key}/lenke/"
    oneself = client.post(
        f"/ansatte/{town.administrator.key}/tilbakestill/", {"identity_checked_how": "det er jo bare meg"}
    )
    assert oneself.status_code == 422


def test_somebody_stops_working_here(enter, town):
    client = enter(town.administrator)
    address = f"/ansatte/{town.nurse.key}/slutt/"
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"sure": "on"}).status_code == 302
    assert Staff.objects.get(pk=town.nurse.pk).left_on == TODAY
    assert client.post(address, {"sure": "on"}).status_code == 422
    page = body(client.get(f"/ansatte/{town.nurse.key}/"))
    assert "/slutt/" not in page
    assert "Rolig Dal" in body(client.get("/ansatte/?left=1"))
    assert "Rolig Dal" not in body(client.get("/ansatte/"))


def test_names_are_corrected_under_a_lock(enter, town):
    client = enter(town.administrator)
    form = {**NEWCOMER, "email": "rolig.dal@example.org", "version": 1}
    address = f"/ansatte/{town.nurse.key}/endre/"
    assert client.post(address, form).status_code == 302
    stale = client.post(address, {**form, "given_name": "Annen"})
    assert stale.status_code == 422
    assert ">Ny</td>" in body(stale)


def test_posts_are_given_and_ended(enter, town):
    client = enter(town.administrator)
    address = f"/ansatte/{town.nurse.key}/stilling/"
    form = {"unit": town.midwives.key, "role": "unit_leader", "from_on": "2026-11-24", "until_on": ""}
    assert client.post(address, {**form, "role": "nurse"}).status_code == 422
    assert client.post(address, {**form, "until_on": "2026-11-24"}).status_code == 422
    assert client.post(address, form).status_code == 302
    post = Membership.objects.get(staff=town.nurse, unit=town.midwives)
    assert client.post(f"{address}{post.key}/", {"until_on": ""}).status_code == 422
    assert client.post(f"{address}{post.key}/", {"until_on": "2026-12-01"}).status_code == 302
    post.refresh_from_db()
    assert post.until_on == WEEK
    of_another = town.posts["midwife"].key
    assert client.get(f"{address}{of_another}/").status_code == 404
    last = client.post(
        f"/ansatte/{town.administrator.key}/stilling/{town.posts['administrator'].key}/", {"until_on": "2026-12-01"}
    )
    assert last.status_code == 422


def test_a_leader_records_an_absence_and_the_return(enter, town):
    client = enter(town.leader)
    address = f"/kolleger/{town.nurse.key}/borte/"
    form = {"substitute": town.other_nurse.key, "from_on": "2026-11-24", "until_on": "2026-12-01"}
    assert client.post(address, {**form, "substitute": town.midwife.key}).status_code == 422
    assert client.post(address, form).url == f"/kolleger/{town.nurse.key}/"
    assert client.post(address, form).status_code == 422
    page = body(client.get(f"/kolleger/{town.nurse.key}/"))
    assert "Stille Vann" in page
    assert "example.org" not in page  # the address to sign in by is the administrator's to see
    back = f"{address}{Absence.objects.get().key}/"
    assert client.post(back, {"until_on": "2026-12-24"}).status_code == 422
    assert client.post(back, {"until_on": "2026-11-24"}).status_code == 302
    assert not Absence.objects.exists()


def test_finding_somebody(enter, town):
    client = enter(town.administrator)
    assert "Stille Vann" not in body(client.get("/ansatte/?q=rolig"))
    assert "finnes" in body(client.get("/ansatte/?q=finnesikke"))


# --- one's own


def test_one_chooses_between_ones_posts(enter, town):
    second = make_post(town.nurse, town.midwives, "unit_leader")
    client = enter(town.nurse)
    assert [p.current for p in client.get("/desk/").wsgi_request.posts] == [True, False]
    assert client.post("/stilling/", {"post": second.key}).status_code == 302
    request = client.get("/desk/").wsgi_request
    assert (request.viewer.role, request.viewer.unit_id) == ("unit_leader", town.midwives.pk)
    assert client.post("/stilling/", {"post": town.posts["administrator"].key}).status_code == 404
    assert client.get("/stilling/").status_code == 405
    actions.end_membership(membership=second, until_on=TODAY, by=SYSTEM, at=AT)
    assert client.get("/desk/").wsgi_request.viewer.role == "nurse"


def test_own_settings_are_saved_and_speak_at_once(enter, town):
    client = enter(town.kindergarten)
    assert client.get("/innstillinger/").status_code == 200
    form = {"version": 1, "language": "nn", "scheme": "auto", "hides_details": "on"}
    response = client.post("/innstillinger/", form)
    assert response.cookies["django_language"].value == "nn"
    assert queries.own_settings(Staff.objects.get(pk=town.kindergarten.pk)) == {
        "language": "nn",
        "scheme": "auto",
        "hides_details": True,
        "uses_shortcuts": False,
    }
    assert client.post("/innstillinger/", form).status_code == 422
    assert client.post("/innstillinger/", {**form, "version": 2, "scheme": "rosa"}).status_code == 422


def test_a_signed_in_page_costs_session_person_and_post(enter, town, django_assert_num_queries):
    client = enter(town.nurse)
    with django_assert_num_queries(3):
        client.get("/desk/")


def test_a_request_from_outside_costs_nothing(client, town, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/desk/").wsgi_request.viewer is None
