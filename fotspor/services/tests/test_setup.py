"""The first page of a new installation: a code, one use, one administrator."""

from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse

from fotspor.access.rules import SYSTEM
from fotspor.services import actions, queries, rules
from fotspor.services.models import Membership, Municipality, SetupCode, Staff, Unit
from fotspor.services.rules import setup_codes
from fotspor.services.tests.builders import AT, PASSWORD, TODAY, events, viewer_of

WHO = rules.Newcomer("Ryddig.Stein@fjordvik.example", "Ryddig", "Stein")
WRONG = "AAAA-BBBB-CCCC-DDDD"
SAME = "Koden kan ikke brukes"


# --- the rule --------------------------------------------------------------------------------------------


def test_a_code_is_four_groups_of_four_letters_that_look_like_no_other():
    codes = {setup_codes.new_code(Random(seed).choice) for seed in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
        assert not set(code) & set("ILOSU0158")


@pytest.mark.parametrize(
    "typed", ["abcd-efgh-jkmn-pqrt", " ABCD EFGH JKMN PQRT ", "ABCDEFGHJKMNPQRT", "abcd.efgh/jkmn pqrt"]
)
def test_small_letters_spaces_and_dashes_are_forgiven(typed):
    assert setup_codes.letters_of(typed) == "ABCDEFGHJKMNPQRT"


# --- making and using it ---------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def set_up(code, *, at=AT, who=WHO, password=PASSWORD):
    return actions.set_up(code=code, municipality="Fjordvik", number="4999", who=who, password=password, at=at)


def test_the_database_keeps_a_digest_and_never_the_code():
    code = actions.make_setup_code(by=SYSTEM, at=AT)
    (row,) = SetupCode.objects.all()
    assert code not in str(row.__dict__)
    assert setup_codes.letters_of(code) not in str(row.__dict__)
    assert [event.facts for event in events("services.setup.code_made")] == [{}]


def test_a_code_makes_municipality_administration_and_an_administrator_who_can_sign_in():
    staff = set_up(actions.make_setup_code(by=SYSTEM, at=AT).lower())
    assert (Municipality.objects.get().name, Municipality.objects.get().number) == ("Fjordvik", "4999")
    post = Membership.objects.get()
    assert (post.staff, post.role, post.unit.kind) == (staff, "administrator", Unit.Kind.ADMINISTRATION)
    assert staff.email == "ryddig.stein@fjordvik.example"
    assert staff.check_password(PASSWORD)
    assert viewer_of(staff).role == "administrator"
    (done,) = events("services.setup.done")
    assert done.object == f"services.staff:{staff.key}"
    assert SetupCode.objects.get().used_by == staff


def test_a_code_works_once_and_no_other_is_made_while_there_is_an_administrator():
    code = actions.make_setup_code(by=SYSTEM, at=AT)
    set_up(code)
    with pytest.raises(actions.CodeNotValid):
        set_up(code, who=rules.Newcomer("other@fjordvik.example", "Annen", "En"))
    with pytest.raises(actions.AdministratorExists):
        actions.make_setup_code(by=SYSTEM, at=AT)
    assert Staff.objects.count() == 1


def test_an_invited_administrator_counts_and_one_who_has_left_does_not():
    staff = set_up(actions.make_setup_code(by=SYSTEM, at=AT))
    assert queries.has_administrator(on=TODAY)
    Membership.objects.update(until_on=TODAY)
    assert not queries.has_administrator(on=TODAY)
    Membership.objects.update(until_on=None)
    Staff.objects.filter(pk=staff.pk).update(left_on=TODAY)
    assert not queries.has_administrator(on=TODAY)


@pytest.mark.parametrize(("hours", "works"), [(0, True), (23.9, True), (24, False), (100, False)])
def test_a_code_is_good_for_a_day(hours, works):
    code, at = actions.make_setup_code(by=SYSTEM, at=AT), AT + timedelta(hours=hours)
    if works:
        assert set_up(code, at=at)
    else:
        with pytest.raises(actions.CodeNotValid):
            set_up(code, at=at)


def test_a_new_code_makes_those_before_it_void():
    first, second = (actions.make_setup_code(by=SYSTEM, at=AT) for _ in range(2))
    with pytest.raises(actions.CodeNotValid):
        set_up(first)
    assert set_up(second)


def test_the_database_holds_one_open_code():
    actions.make_setup_code(by=SYSTEM, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        SetupCode.objects.create(digest="x", made_at=AT)


def test_ten_wrong_tries_make_it_void():
    code = actions.make_setup_code(by=SYSTEM, at=AT)
    for _ in range(setup_codes.MOST_WRONG - 1):
        actions.note_wrong_setup_code(at=AT)
    assert queries.open_setup_code(at=AT)
    actions.note_wrong_setup_code(at=AT)
    with pytest.raises(actions.CodeNotValid):
        set_up(code)
    actions.note_wrong_setup_code(at=AT)  # nothing is open: only noted
    assert len(events("services.setup.refused")) == setup_codes.MOST_WRONG + 1


def test_a_weak_password_stores_nothing_and_leaves_the_code_open():
    code = actions.make_setup_code(by=SYSTEM, at=AT)
    with pytest.raises(actions.PasswordTooWeak):
        set_up(code, password="kort")
    assert not Staff.objects.exists()
    assert not Municipality.objects.exists()
    assert set_up(code)


def test_only_whoever_keeps_staff_makes_a_code(town):
    with pytest.raises(actions.NotAllowed):
        actions.make_setup_code(by=viewer_of(town.nurse), at=AT)


def test_a_municipality_that_stands_there_gets_the_name_that_is_written():
    actions.create_municipality(name="Feil", number="0000", by=SYSTEM, at=AT)
    set_up(actions.make_setup_code(by=SYSTEM, at=AT))
    assert Municipality.objects.get().number == "4999"


# --- the page --------------------------------------------------------------------------------------------


@pytest.fixture
def page(client):
    """Writes in the page at the tests' hour; the address is its own in each test."""
    cache.clear()
    address = reverse("services:setup")

    def write(code, *, address_of="192.0.2.1", **more):
        typed = {
            "code": code, "municipality": "Fjordvik", "number": "4999", "given_name": "Ryddig", "family_name": "Stein",
            "email": "ryddig.stein@fjordvik.example", "password": PASSWORD, "again": PASSWORD, **more,
        }  # fmt: skip
        return client.post(address, typed, REMOTE_ADDR=address_of)

    with time_machine.travel(AT, tick=False):
        write.address = address
        yield write


def test_there_is_no_such_page_before_a_code_is_made_nor_after_it_was_used(client, page):
    assert client.get(page.address).status_code == 404
    code = actions.make_setup_code(by=SYSTEM, at=AT)
    assert client.get(page.address).status_code == 200
    page(code)
    client.logout()
    assert client.get(page.address).status_code == 404
    assert page(code).status_code == 404


def test_the_page_signs_the_administrator_in_and_leads_on(client, page):
    answer = page(actions.make_setup_code(by=SYSTEM, at=AT))
    assert (answer.status_code, answer.url) == (302, "/")
    staff = Staff.objects.get()
    assert client.session["_auth_user_id"] == str(staff.pk)
    (signed_in,) = events("services.session.signed_in")
    assert signed_in.facts["how"] == "setup"


def test_sent_twice_it_is_done_once(page):
    code = actions.make_setup_code(by=SYSTEM, at=AT)
    first = page(code, _once="token")
    assert page(code, _once="token").url == first.url
    assert page(code).url == first.url
    assert Staff.objects.count() == Municipality.objects.count() == 1


def test_in_production_codes_are_set_up_first_without_asking_for_the_password_again(client, page, settings):
    settings.IS_PRODUCTION = True
    page(actions.make_setup_code(by=SYSTEM, at=AT))
    assert client.get("/").url == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_wrong_a_void_and_an_old_code_get_the_same_sentence(page):
    void, old = (actions.make_setup_code(by=SYSTEM, at=AT - timedelta(hours=25)) for _ in range(2))
    for code in (WRONG, void, old, ""):
        answer = page(code, address_of=f"192.0.2.{len(code)}")
        assert answer.status_code == 422
        assert (SAME in answer.content.decode()) is bool(code)
    actions.make_setup_code(by=SYSTEM, at=AT)
    assert SAME in page(void, address_of="192.0.2.9").content.decode()
    assert not Staff.objects.exists()


def test_after_five_wrong_tries_from_one_address_even_the_right_code_waits(page):
    code = actions.make_setup_code(by=SYSTEM, at=AT)
    for _ in range(5):
        assert SAME in page(WRONG, _once="").content.decode()
    assert "Vent i fem minutter" in page(code).content.decode()
    assert SetupCode.objects.get().wrong_tries == 5, "a try that is not looked at does not count"
    with time_machine.travel(AT + timedelta(seconds=301), tick=False):
        assert page(code).status_code == 302


def test_wrong_tries_are_counted_although_the_form_takes_everything_back(page):
    actions.make_setup_code(by=SYSTEM, at=AT)
    page(WRONG, _once="one")
    page(WRONG, _once="two")
    assert SetupCode.objects.get().wrong_tries == 2
    assert len(events("services.setup.refused")) == 2


def test_ten_wrong_tries_from_many_addresses_end_the_code(page):
    code = actions.make_setup_code(by=SYSTEM, at=AT)
    for number in range(10):
        page(WRONG, address_of=f"198.51.100.{number}")
    assert SAME in page(code).content.decode()


@pytest.mark.parametrize(
    ("field", "text"),
    [("number", "499"), ("number", "49a9"), ("municipality", ""), ("email", "no"), ("again", "another sentence of it"),
     ("given_name", ""), ("password", "")],
)  # fmt: skip
def test_what_is_wrongly_filled_in_is_said_and_nothing_is_stored(page, field, text):
    code = actions.make_setup_code(by=SYSTEM, at=AT)
    answer = page(code, **{field: text})
    assert answer.status_code == 422
    assert "Fjordvik" in answer.content.decode() or field == "municipality"
    assert not Staff.objects.exists()
    assert SetupCode.objects.get().wrong_tries == 0
