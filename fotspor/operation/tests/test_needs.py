"""What is missing stands first on the administrator's page until nothing is, and is gone the day after."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse

from fotspor.instruments import actions as instruments
from fotspor.instruments import queries as definitions
from fotspor.kit.models import Run
from fotspor.operation import queries
from fotspor.operation.rules import Need
from fotspor.pathways.models import RegisterImport
from fotspor.services.models import Municipality, Unit
from fotspor.services.queries import administrators_without_codes, staffed
from fotspor.services.tests.builders import (
    AT,
    LONG_AGO,
    TODAY,
    make_district,
    make_post,
    make_staff,
    make_unit,
    viewer_of,
)

pytestmark = pytest.mark.django_db
PAGE = "operation:status"


def lacks(at=AT):
    return [step.need for step in queries.steps(at=at, runs=queries.lines(at=at)) if not step.is_done]


@pytest.fixture
def whole(town):
    """The town with everything in it."""
    Municipality.objects.create(name="Granby kommune", number="4999")
    centre = Unit.objects.get(kind="health_station")
    midwives = make_unit("Jordmortjenesten", "midwifery", serves=list(centre.serves.all()))
    make_post(make_staff("Varm Hånd"), midwives, "midwife")
    make_post(make_staff("Stødig Bekk"), midwives, "unit_leader")
    make_post(make_staff("Vakt Som"), town["office"], "privacy_officer")
    by = viewer_of(town["administrator"])
    for page in definitions.definitions(viewer=by):
        instruments.approve(kind=page.kind, slug=page.definition.slug, digest=page.digest, by=by, at=AT)
    RegisterImport.objects.create(file_name="f.csv", digest="d", layout="default", layout_version="1", households=1,
                                  staged_at=AT, finished_on=TODAY)  # fmt: skip
    for name in ("backup", "restore_tried"):
        Run.objects.create(name=name, began_at=AT, ended_at=AT)
    return {**town, "midwives": midwives, "centre": centre}


def test_a_town_with_everything_lacks_nothing(whole):
    assert lacks() == []
    assert queries.missing(at=AT) == 0


def test_an_empty_installation_lacks_everything(db):
    assert lacks() == [need for need in Need if need is not Need.CODES]


@pytest.mark.parametrize(
    ("spoil", "need"),
    [
        (lambda w: Municipality.objects.update(number="0000"), Need.MUNICIPALITY),
        (lambda w: make_district("Fjordby"), Need.SERVED),
        (lambda w: w["midwives"].serves.clear(), Need.SERVED),
        (lambda w: make_unit("Kongleveien", "kindergarten"), Need.LEADERS),
        (lambda w: make_post(make_staff("Ny Leder"), make_unit("Ny helsestasjon"), "unit_leader"), Need.NURSES),
        (lambda w: make_post(make_staff("Ny Leder"), make_unit("Nye", "midwifery"), "unit_leader"), Need.MIDWIVES),
        (lambda w: RegisterImport.objects.update(finished_on=None), Need.REGISTER),
        (lambda w: Run.objects.filter(name="backup").update(failed="no room"), Need.COPY),
        (lambda w: Run.objects.filter(name="restore_tried").delete(), Need.TRIED),
    ],
)
def test_one_thing_that_is_taken_away_is_what_lacks(whole, spoil, need):
    spoil(whole)
    assert lacks() == [need]


def test_a_midwife_who_begins_tomorrow_is_missing_today(whole):
    new = make_unit("Nye jordmødre", "midwifery")
    make_post(make_staff("Ny Leder"), new, "unit_leader")
    make_post(make_staff("Ny Jordmor"), new, "midwife", from_on=TODAY + timedelta(days=1))
    assert staffed(on=TODAY).without_midwife == 1
    assert staffed(on=TODAY + timedelta(days=1)).without_midwife == 0


def test_stops_on_the_trail_and_closed_units_need_nobody(whole):
    make_unit("Fødeavdelingen", "maternity_ward", signs_in=False)
    closed = make_unit("Gamle helsestasjon", from_on=LONG_AGO)
    Unit.objects.filter(pk=closed.pk).update(until_on=TODAY)
    assert lacks() == []


def test_in_production_every_administrator_needs_codes_and_recovery_codes(whole, settings):
    settings.IS_PRODUCTION = True
    assert Need.CODES in lacks()
    Authenticator.objects.create(user=whole["administrator"], type="totp", data={})
    assert administrators_without_codes(on=TODAY) == 1
    Authenticator.objects.create(user=whole["administrator"], type="recovery_codes", data={})
    assert administrators_without_codes(on=TODAY) == 0
    make_post(make_staff("Ny Admin", number=""), whole["office"], "administrator")
    make_post(whole["administrator"], make_unit("Annet kontor", "administration"), "administrator")
    assert administrators_without_codes(on=TODAY) == 1


# --- the page --------------------------------------------------------------------------------------------


def test_each_line_says_what_why_and_where_it_is_done(enter):
    text = enter("administrator").get(reverse(PAGE)).content.decode()
    assert "Dette mangler" in text
    assert text.index("Dette mangler") < text.index("Det som går av seg selv")
    assert reverse("services:staff_import") in text
    assert reverse("pathways:register_imports") in text
    assert "Mangler</span>" in text
    assert "Ferdig</span>" in text


def test_when_all_is_done_one_line_says_so_until_a_look_on_an_earlier_day_found_nothing(enter, whole):
    browser = enter("administrator")
    Run.objects.create(name="watch", began_at=AT, ended_at=AT, facts={"missing": 0})
    text = browser.get(reverse(PAGE)).content.decode()
    assert "Alt er på plass" in text
    assert "Dette mangler" not in text
    with time_machine.travel(AT + timedelta(days=1), tick=False):
        browser = enter("administrator")
        text = browser.get(reverse(PAGE)).content.decode()
    assert "Alt er på plass" not in text


def test_what_comes_to_lack_later_is_shown_again(enter, whole):
    Run.objects.create(name="watch", began_at=AT - timedelta(days=9), ended_at=AT - timedelta(days=9),
                       facts={"missing": 0})  # fmt: skip
    browser = enter("administrator")
    assert "Dette mangler" not in browser.get(reverse(PAGE)).content.decode()
    make_unit("Ny helsestasjon")
    assert "Dette mangler" in browser.get(reverse(PAGE)).content.decode()


def test_the_number_of_questions_does_not_grow_with_units_and_staff(enter, whole, django_assert_max_num_queries):
    browser = enter("administrator")
    browser.get(reverse(PAGE))
    for number in range(6):
        unit = make_unit(f"Helsestasjon {number}", serves=list(whole["centre"].serves.all()))
        make_post(make_staff(f"Leder Nummer{number}"), unit, "unit_leader")
    with django_assert_max_num_queries(45):
        browser.get(reverse(PAGE))
