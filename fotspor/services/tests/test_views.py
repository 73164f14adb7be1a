"""The screens: who may open them, what they do, and how a refused form comes back."""

import re
from datetime import timedelta

import pytest

from fotspor.access.rules import SYSTEM
from fotspor.services import actions
from fotspor.services.models import Unit
from fotspor.services.tests.builders import AT, TODAY, make_post, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.urls("fotspor.services.tests.urls")]
WEEK = TODAY + timedelta(days=7)


def body(response):
    return re.sub(r"\s+", " ", response.content.decode())


def addresses(town):
    absence = actions.record_absence(
        staff=town.nurse, substitute=town.other_nurse, from_on=TODAY, until_on=WEEK, by=SYSTEM, at=AT
    )
    unit, staff, post = town.station.key, town.nurse.key, town.posts["nurse"].key
    kept = [
        "/enheter/",
        "/enheter/ny/",
        f"/enheter/{unit}/",
        f"/enheter/{unit}/endre/",
        f"/enheter/{unit}/steng/",
        "/bydeler/",
        "/bydeler/ny/",
        f"/bydeler/{town.granby.key}/",
        "/kommunen/",
        "/ansatte/",
        "/ansatte/ny/",
        f"/ansatte/{staff}/",
        f"/ansatte/{staff}/endre/",
        f"/ansatte/{staff}/lenke/",
        f"/ansatte/{staff}/tilbakestill/",
        f"/ansatte/{staff}/slutt/",
        f"/ansatte/{staff}/stilling/",
        f"/ansatte/{staff}/stilling/{post}/",
        f"/ansatte/{staff}/borte/",
        f"/ansatte/{staff}/borte/{absence.key}/",
    ]
    led = ["/kolleger/", f"/kolleger/{staff}/", f"/kolleger/{staff}/borte/", f"/kolleger/{staff}/borte/{absence.key}/"]
    return kept, led


def test_an_administrator_opens_every_page_with_one_heading(enter, town):
    client = enter(town.administrator)
    for address in addresses(town)[0]:
        response = client.get(address)
        assert response.status_code == 200, address
        page = body(response)
        assert page.count("<h1") == 1, address
        assert "style=" not in page, address
        assert "{%" not in page and "{{" not in page, address  # noqa: PT018


@pytest.mark.parametrize("who", ["nurse", "midwife", "kindergarten", "privacy_officer"])
def test_for_others_the_pages_do_not_exist(enter, town, who):
    client = enter(getattr(town, who))
    for address in [a for group in addresses(town) for a in group]:
        assert client.get(address).status_code == 404, address
        assert client.post(address, {}).status_code == 404, address


def test_a_leader_opens_her_own_units_pages_and_no_other(enter, town):
    client = enter(town.leader)
    kept, led = addresses(town)
    for address in led:
        assert client.get(address).status_code == 200, address
        assert body(client.get(address)).count("<h1") == 1, address
    for address in kept:
        assert client.get(address).status_code == 404, address
    stranger = town.midwife.key
    for address in (f"/kolleger/{stranger}/", f"/kolleger/{stranger}/borte/", "/kolleger/nonsense/"):
        assert client.get(address).status_code == 404, address


def test_an_administrator_has_no_page_of_colleagues(enter, town):
    client = enter(town.administrator)
    for address in addresses(town)[1]:
        assert client.get(address).status_code == 404, address


def test_somebody_outside_is_sent_to_the_door(client, town):
    kept, led = addresses(town)
    for address in [*kept, *led, "/innstillinger/"]:
        response = client.get(address)
        assert response.status_code == 302, address
        assert response.url.startswith("/konto/inn/?next="), address
    assert client.post("/stilling/", {}).status_code == 302


def test_lists_take_as_many_queries_for_many_as_for_few(enter, town, django_assert_num_queries):
    client = enter(town.administrator)
    session_user_post = 3
    with django_assert_num_queries(session_user_post + 4):
        client.get("/ansatte/")
    with django_assert_num_queries(session_user_post + 4):
        client.get("/enheter/")
    with django_assert_num_queries(session_user_post + 3):
        client.get("/bydeler/")
    for n in range(5):
        make_post(make_staff(f"Nr{n} Ny"), town.station)
    with django_assert_num_queries(session_user_post + 4):
        client.get("/ansatte/")


# --- units


def unit_form(town, **more):
    return {
        "version": 1,
        "name": "Granby helsestasjon",
        "district": town.granby.key,
        "serves": [town.granby.key],
        "signs_in": "on",
        "opens_at_time": "08:00",
        "closes_at_time": "15:30",
        "out_of_hours": "",
        "phone": "",
        **more,
    }


def test_a_unit_is_made(enter, town):
    client = enter(town.administrator)
    form = unit_form(town, name="Fjordby helsestasjon", kind="health_station", from_on="2026-11-24", version="")
    assert client.post("/enheter/ny/", form).context["form"].errors.keys() == {"shares"}
    form["shares"] = "on"
    response = client.post("/enheter/ny/", form)
    made = Unit.objects.get(name="Fjordby helsestasjon")
    assert (response.status_code, response.url) == (302, f"/enheter/{made.key}/")
    assert list(made.serves.all()) == [town.granby]
    assert "Fjordby helsestasjon" in body(client.get(response.url))


def test_hours_that_end_before_they_begin_come_back_with_what_was_typed(enter, town):
    client = enter(town.administrator)
    form = unit_form(town, opens_at_time="09:15", closes_at_time="08:15")
    response = client.post(f"/enheter/{town.station.key}/endre/", form)
    assert response.status_code == 422
    assert "closes_at_time" in response.context["form"].errors
    assert 'value="09:15"' in body(response)


def test_the_page_of_a_unit_tells_its_hours(enter, town):
    client = enter(town.administrator)
    form = unit_form(town, opens_at_time="09:15", closes_at_time="14:00", name=town.station.name)
    assert client.post(f"/enheter/{town.station.key}/endre/", form).status_code == 302
    assert "09.15–14.00" in body(client.get(f"/enheter/{town.station.key}/"))


def test_a_unit_called_as_another_comes_back_with_what_was_typed(enter, town):
    client = enter(town.administrator)
    form = unit_form(town, kind="health_station", from_on="2026-11-24", phone="73000000", version="")
    response = client.post("/enheter/ny/", form)
    assert response.status_code == 422
    page = body(response)
    assert "data-errors" in page
    assert 'value="73000000"' in page
    assert Unit.objects.count() == 4


def test_an_empty_form_says_what_is_missing(enter, town):
    response = enter(town.administrator).post("/enheter/ny/", {})
    assert response.status_code == 422
    assert 'href="#id_name"' in body(response)


def test_the_second_writer_sees_what_changed_and_keeps_what_was_typed(enter, town):
    client = enter(town.administrator)
    address = f"/enheter/{town.station.key}/endre/"
    assert client.post(address, unit_form(town, phone="11111111")).status_code == 302
    response = client.post(address, unit_form(town, phone="22222222"))
    assert response.status_code == 422
    page = body(response)
    assert 'value="22222222"' in page
    assert ">11111111</td>" in page
    assert "Lagret av Orden Berg" in page
    assert 'name="version" value="2"' in page
    assert Unit.objects.get(pk=town.station.pk).phone == "11111111"
    assert client.post(address, unit_form(town, phone="22222222", version=2)).status_code == 302
    assert Unit.objects.get(pk=town.station.pk).phone == "22222222"


def test_a_form_without_its_version_never_overwrites(enter, town):
    client = enter(town.administrator)
    response = client.post(f"/enheter/{town.station.key}/endre/", unit_form(town, version="", name="Overskrevet"))
    assert response.status_code == 422
    assert not Unit.objects.filter(name="Overskrevet").exists()


def test_a_unit_closes(enter, town):
    client = enter(town.administrator)
    address = f"/enheter/{town.barnehage.key}/steng/"
    assert client.post(address, {"version": 1, "until_on": "2026-12-01"}).status_code == 302
    assert Unit.objects.get(pk=town.barnehage.pk).until_on == WEEK
    assert client.post(address, {"version": 1, "until_on": "2026-12-02"}).status_code == 422
    refused = client.post(f"/enheter/{town.hall.key}/steng/", {"version": 1, "until_on": "2026-12-01"})
    assert refused.status_code == 422


def test_the_same_form_sent_twice_makes_one_unit(enter, town):
    client = enter(town.administrator)
    form = unit_form(town, name="En", kind="school_health", from_on="2026-11-24", version="", _once="token-1")
    assert client.post("/enheter/ny/", form).url == client.post("/enheter/ny/", form).url
    assert Unit.objects.filter(name="En").count() == 1


def test_districts_are_made_and_changed_under_a_lock(enter, town):
    client = enter(town.administrator)
    assert client.post("/bydeler/ny/", {"code": "ny", "name": "Nyby"}).status_code == 302
    assert client.post("/bydeler/ny/", {"code": "ny", "name": "Nyere"}).status_code == 422
    address = f"/bydeler/{town.granby.key}/"
    assert client.post(address, {"version": 1, "code": "gra", "name": "Nygran"}).status_code == 302
    stale = client.post(address, {"version": 1, "code": "gra", "name": "Annen"})
    assert stale.status_code == 422
    assert ">Nygran</td>" in body(stale)


def test_the_page_of_districts_says_where_nobody_serves(enter, town):
    page = body(enter(town.administrator).get("/bydeler/"))
    assert "Granby helsestasjon" in page
    assert page.count('data-color="warning"') == 3  # school health in both, health centre in one


def test_the_municipality_is_made_and_changed(enter, town):
    client = enter(town.administrator)
    form = {"name": "Fjordvik", "number": "9901", "organisation_number": "", "phone": ""}
    assert client.post("/kommunen/", {**form, "number": "99"}).status_code == 422
    assert client.post("/kommunen/", form).status_code == 302
    assert client.post("/kommunen/", {**form, "name": "Nyvik", "version": 1}).status_code == 302
    assert client.post("/kommunen/", {**form, "name": "Annen", "version": 1}).status_code == 422
    assert "Nyvik" in body(client.get("/enheter/"))
