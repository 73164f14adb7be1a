"""Who comes to which page, what it shows, and what strangers get: nothing that tells them anything."""

from datetime import timedelta

import pytest
import time_machine
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from fotspor.access import actions, labels
from fotspor.access.models import AuditEvent, CareRelation, Consent, EmergencyAccess
from fotspor.access.rules import ROLES, Decision, Permission, Purpose
from fotspor.access.tests.made import LONG_AGO, make_guardian, make_person, make_staff, make_unit, viewer_in
from fotspor.access.views import freshly_signed_in, needs, open_to_all
from fotspor.kit import clock
from fotspor.kit.encryption import blind_index
from fotspor.kit.handles import handle
from fotspor.services.models import Staff

pytestmark = pytest.mark.django_db
NUMBER = "01815012345"
REASON = "The child is ill and nobody else is here"
HOUR = timedelta(hours=1)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def sign_in(client):
    def to(viewer):
        client.force_login(Staff.objects.get(pk=viewer.staff_id))
        return client

    return to


@pytest.fixture
def nurse(unit):
    return viewer_in(unit)


@pytest.fixture
def officer(unit):
    return viewer_in(unit, "privacy_officer")


@pytest.fixture
def child(unit):
    child = make_person(given_name="Liv", family_name="Li", identity_number="x", identity_index=blind_index(NUMBER))
    CareRelation.objects.create(person=child, unit=unit, basis="baton", from_on=LONG_AGO, opened_at=clock.now())
    return child


def look(viewer, person):
    yes = Decision(allowed=True, basis="baton")
    actions.log_read(viewer=viewer, person_key=person.key, purpose=Purpose.CARE, decision=yes, at=clock.now())


def addresses(person):
    yield "access:who_has_looked", ()
    yield "access:who_has_looked_print", (person.key,)
    yield "access:roles", ()
    yield "access:emergencies", ()
    yield "access:break_glass", ()
    yield "access:emergency_second", ("none",)
    yield "access:consents", (person.key,)
    yield "access:consent_withdraw", (person.key, "none")


# --- guards -----------------------------------------------------------------------------------------------


def test_signed_out_everybody_is_led_to_the_sign_in(client, child):
    for name, arguments in addresses(child):
        answer = client.get(reverse(name, args=arguments))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("account_login"))


def test_each_role_reaches_its_own_pages_and_404_elsewhere(sign_in, unit, child):
    own = {
        "midwife": {"access:emergencies", "access:break_glass", "access:consents"},
        "nurse": {"access:emergencies", "access:break_glass", "access:consents"},
        "privacy_officer": {
            "access:who_has_looked",
            "access:who_has_looked_print",
            "access:roles",
            "access:emergencies",
        },
        "unit_leader": {"access:who_has_looked"},
    }
    for role in ROLES:
        client = sign_in(viewer_in(unit, role))
        reached = set()
        for name, arguments in addresses(child):
            status = client.get(reverse(name, args=arguments)).status_code
            is_paper = name == "access:who_has_looked_print"  # opens only after it has been asked for
            assert status in ((302, 404) if is_paper else (200, 404, 405)), (role, name, status)
            reached |= {name} if status in (200, 302) else set()
        assert reached == own.get(role, set()), role


def test_a_guard_says_what_it_needs_and_sends_htmx_to_the_whole_sign_in_page():
    @needs(Permission.SEE_LOG)
    def view(request):
        return HttpResponse("in")

    assert view.guard is Permission.SEE_LOG
    request = RequestFactory().post("/x")
    request.user, request.htmx = type("Nobody", (), {"is_authenticated": False}), True
    assert view(request)["HX-Redirect"].startswith(reverse("account_login"))
    request.user.is_authenticated = True
    with pytest.raises(Http404):
        view(request)


def test_an_open_address_says_why():
    @open_to_all("the law demands it")
    def view(request):
        return HttpResponse("in")

    assert (view.guard, view.open_because) == (None, "the law demands it")
    assert view(None).content == b"in"


def test_in_production_emergency_access_asks_for_the_password_again(settings):
    def view(request):
        return HttpResponse("in")

    assert freshly_signed_in(view) is view
    settings.IS_PRODUCTION = True
    assert freshly_signed_in(view) is not view


# --- who has looked ---------------------------------------------------------------------------------------


def test_the_officer_finds_a_person_by_number_which_never_stands_in_an_address(sign_in, officer, nurse, child):
    look(nurse, child)
    client = sign_in(officer)
    answer = client.post(reverse("access:who_has_looked"), {"number": f" {NUMBER[:6]} {NUMBER[6:]}"})
    assert answer.status_code == 302
    assert NUMBER not in answer["Location"]
    page = client.get(answer["Location"])
    assert [row.type for row in page.context["looks"].rows] == ["access.record.read"]
    assert b"Liv Li" in page.content
    event = AuditEvent.objects.latest("id")
    assert (event.type, event.staff, event.people) == ("access.log.read", officer.staff_key, [child.key])


def test_a_number_nobody_has_is_refused_and_kept(sign_in, officer):
    page = sign_in(officer).post(reverse("access:who_has_looked"), {"number": "01815099999"})
    assert page.status_code == 422
    assert b"01815099999" in page.content
    assert sign_in(officer).post(reverse("access:who_has_looked"), {"number": ""}).status_code == 422


def test_a_leader_cannot_ask_about_a_person(sign_in, unit, nurse, child):
    look(nurse, child)
    client = sign_in(viewer_in(unit, "unit_leader"))
    assert client.post(reverse("access:who_has_looked"), {"number": NUMBER}).status_code == 422
    assert client.get(reverse("access:who_has_looked"), {"person": child.key}).status_code == 404
    page = client.get(reverse("access:who_has_looked"))
    assert [row.people for row in page.context["looks"].rows] == [("Liv Li",)]
    assert page.context["finder"] is not None
    assert b'name="number"' not in page.content


def test_the_log_is_narrowed_by_employee_and_period(sign_in, unit, officer, nurse, child):
    look(nurse, child)
    client, address = sign_in(officer), reverse("access:who_has_looked")
    mine = client.get(address, {"staff": officer.staff_key})
    assert [row.type for row in mine.context["looks"].rows] == []
    theirs = client.get(address, {"staff": nurse.staff_key})
    assert len(theirs.context["looks"].rows) == 1
    old = client.get(address, {"from_on": "2020-01-01", "to_on": "2020-02-01"})
    assert old.context["looks"].rows == []
    backwards = client.get(address, {"from_on": "2020-02-01", "to_on": "2020-01-01"})
    assert backwards.status_code == 422
    assert client.get(address, {"staff": "nobody"}).status_code == 422


def test_a_print_is_logged_when_it_is_asked_for(sign_in, officer, nurse, child):
    look(nurse, child)
    client, address = sign_in(officer), reverse("access:who_has_looked_print", args=[child.key])
    assert client.get(address).url == reverse("access:who_has_looked"), "not before it is asked for"
    answer = client.post(address)
    assert answer.status_code == 302
    printed = AuditEvent.objects.get(type="access.log.printed")
    assert (printed.person, printed.purpose) == (child.key, "privacy")
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert b"data-print" in page.content
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert client.get(answer["Location"]).status_code == 302, "an order lasts ten minutes"
    assert client.get(address, {"from_on": "2020-02-01", "to_on": "2020-01-01"}).status_code == 302


def test_nobodys_log_is_a_404(sign_in, officer):
    address = reverse("access:who_has_looked_print", args=["none"])
    assert sign_in(officer).get(address).status_code == 404


def test_long_logs_take_no_more_queries(sign_in, officer, nurse, django_assert_max_num_queries):
    client, address = sign_in(officer), reverse("access:who_has_looked")
    for _ in range(30):
        look(nurse, make_person())
    client.get(address)
    with django_assert_max_num_queries(20):
        assert len(client.get(address).context["looks"].rows) == 31


def test_roles_and_policy_are_shown(sign_in, officer):
    page = sign_in(officer).get(reverse("access:roles"))
    assert page.status_code == 200
    assert page.content.count(b"<tr>") == (len(ROLES) + 1) + (len(Permission) + 1)


# --- emergency access -------------------------------------------------------------------------------------


def test_emergency_access_opens_after_a_reason_and_says_for_how_long(sign_in, unit, officer):
    stranger = viewer_in(make_unit())
    child = make_person(identity_number="x", identity_index=blind_index(NUMBER), given_name="Liv", family_name="Li")
    client = sign_in(stranger)
    assert client.get(reverse("access:break_glass")).status_code == 200
    answer = client.post(reverse("access:break_glass"), {"number": NUMBER, "reason": REASON})
    assert (answer.status_code, answer["Location"]) == (302, reverse("access:emergencies"))
    page = client.get(answer["Location"])
    assert b"Liv Li" in page.content
    assert reverse("people:person", args=[child.key]).encode() in page.content
    emergency = EmergencyAccess.objects.get()
    assert emergency.until - emergency.opened_at == 3 * HOUR
    officers = sign_in(officer).get(reverse("access:emergencies"))
    assert REASON.encode() in officers.content
    assert AuditEvent.objects.filter(type="access.emergency.listed", people=[child.key]).exists()


@pytest.mark.parametrize(
    "typed", [{"number": NUMBER, "reason": "ill"}, {"number": "01815099999", "reason": REASON}, {"number": NUMBER}]
)
def test_a_refused_emergency_stores_nothing_and_keeps_what_was_typed(sign_in, child, typed):
    page = sign_in(viewer_in(make_unit())).post(reverse("access:break_glass"), typed)
    assert page.status_code == 422
    assert typed["number"].encode() in page.content
    assert b"data-errors" in page.content
    assert EmergencyAccess.objects.count() == 0


def test_a_colleague_agrees_to_a_strict_one(sign_in):
    unit = make_unit()
    first, second = viewer_in(unit), viewer_in(unit)
    make_person(given_name="Gry", identity_number="x", identity_index=blind_index(NUMBER), protection="strict")
    sign_in(first).post(reverse("access:break_glass"), {"number": NUMBER, "reason": REASON})
    emergency = EmergencyAccess.objects.get()
    address = reverse("access:emergency_second", args=[emergency.key])
    assert b"Gry" not in sign_in(first).get(reverse("access:emergencies")).content
    assert sign_in(first).post(address).status_code == 302
    assert sign_in(viewer_in(make_unit())).post(address).status_code == 404
    client = sign_in(second)
    waiting = client.get(reverse("access:emergencies")).content
    assert REASON.encode() in waiting
    assert b"Gry" not in waiting
    assert client.post(address).status_code == 302
    emergency.refresh_from_db()
    assert emergency.seconded_by_id == second.staff_id


def test_nobody_seconds_herself(sign_in):
    viewer = viewer_in(make_unit())
    make_person(identity_number="x", identity_index=blind_index(NUMBER), protection="strict")
    client = sign_in(viewer)
    client.post(reverse("access:break_glass"), {"number": NUMBER, "reason": REASON})
    client.post(reverse("access:emergency_second", args=[EmergencyAccess.objects.get().key]))
    assert EmergencyAccess.objects.get().seconded_by is None


# --- consents ---------------------------------------------------------------------------------------------


def typed(giver, child, **values):
    given_by = handle("consent", child.key, giver.key)
    return {"what": "letter_to_gp", "given_by": given_by, "purpose": "Follow-up", "from_on": "2026-11-24", **values}


def test_a_consent_is_given_and_withdrawn(sign_in, nurse, child):
    mother, client = make_guardian(child), sign_in(nurse)
    address = reverse("access:consents", args=[child.key])
    assert client.post(address, typed(mother, child)).status_code == 302
    consent = Consent.objects.get()
    assert (consent.given_by, consent.to_unit, consent.recorded_by_id) == (mother, None, nurse.staff_id)
    page = client.get(address)
    said = page.content.decode()
    assert "Follow-up" in said
    assert f"{mother.name} (" in said
    assert str(labels.CONSENT_STOPS["letter_to_gp"]) in said
    withdraw = reverse("access:consent_withdraw", args=[child.key, consent.key])
    assert client.post(withdraw).status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_by_id == nurse.staff_id
    assert client.post(withdraw).status_code == 302
    assert AuditEvent.objects.filter(type="access.record.read", person=child.key).count() == 1


def test_the_button_that_withdraws_stands_behind_what_it_stops(sign_in, nurse, child):
    client, address = sign_in(nurse), reverse("access:consents", args=[child.key])
    client.post(address, typed(make_guardian(child), child))
    said = client.get(address).content.decode()
    withdraw = reverse("access:consent_withdraw", args=[child.key, Consent.objects.get().key])
    behind = said[: said.index(withdraw)].rpartition("<details")[2]
    assert str(labels.CONSENT_STOPS["letter_to_gp"]) in behind
    assert " open" not in behind.partition(">")[0]


def test_a_refused_consent_keeps_what_was_typed(sign_in, nurse, child):
    mother, address = make_guardian(child), reverse("access:consents", args=[child.key])
    page = sign_in(nurse).post(address, typed(mother, child, what="agreed_steps"))
    assert page.status_code == 422
    assert b"Follow-up" in page.content
    assert sign_in(nurse).post(address, typed(make_person(), child)).status_code == 422
    assert Consent.objects.count() == 0


def test_without_known_responsibility_the_page_says_so_instead_of_a_form(sign_in, nurse, child):
    make_guardian(child, custody="unknown")
    page = sign_in(nurse).get(reverse("access:consents", args=[child.key]))
    assert page.status_code == 200
    assert b'name="given_by"' not in page.content


def test_the_form_names_a_guardian_without_the_way_to_her_page(sign_in, nurse, child):
    mother, address = (
        make_guardian(child, guardian=make_person(given_name="Gry", protection="strict")),
        reverse("access:consents", args=[child.key]),
    )
    said = sign_in(nurse).get(address).content.decode()
    assert mother.key not in said
    assert mother.name not in said
    assert handle("consent", child.key, mother.key) in said
    assert sign_in(nurse).post(address, typed(mother, child, given_by=mother.key)).status_code == 422
    assert sign_in(nurse).post(address, typed(mother, child)).status_code == 302
    assert Consent.objects.get().given_by == mother
    assert mother.key not in sign_in(nurse).get(address).content.decode()


def test_through_emergency_access_consents_are_read_and_not_changed(sign_in, nurse, child):
    mother, address = make_guardian(child), reverse("access:consents", args=[child.key])
    sign_in(nurse).post(address, typed(mother, child))
    consent, stranger = Consent.objects.get(), viewer_in(make_unit())
    client = sign_in(stranger)
    client.post(reverse("access:break_glass"), {"number": NUMBER, "reason": REASON})
    said = client.get(address).content.decode()
    withdraw = reverse("access:consent_withdraw", args=[child.key, consent.key])
    assert "Follow-up" in said
    assert 'name="given_by"' not in said
    assert withdraw not in said
    assert "nødtilgang" in said
    assert client.post(address, typed(mother, child)).status_code == 422
    client.post(withdraw)
    consent.refresh_from_db()
    assert (Consent.objects.count(), consent.withdrawn_at) == (1, None)


def test_consents_of_strangers_family_and_nobody_are_404(sign_in, unit, child):
    address = reverse("access:consents", args=[child.key])
    assert sign_in(viewer_in(make_unit())).get(address).status_code == 404
    parent = viewer_in(unit, staff=make_staff(identity_index=blind_index(NUMBER)))
    assert sign_in(parent).get(address).status_code == 404
    assert sign_in(viewer_in(unit)).get(reverse("access:consents", args=["none"])).status_code == 404
    assert AuditEvent.objects.filter(type="access.record.read").count() == 0


def test_no_address_carries_anything_but_opaque_keys(child):
    for name, arguments in addresses(child):
        assert str(child.pk) not in reverse(name, args=arguments).split("/")
