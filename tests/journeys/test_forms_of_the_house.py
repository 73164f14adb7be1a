"""The administrator's and the privacy officer's forms: empty they say what is missing, twice they do it once."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.people import identifiers
from fotspor.services.models import Absence, District, Membership, Unit
from tests.journeys.world import TODAY, day

NEXT_MONTH = day(30).date()


def forms(world):
    """Who, which address, what is typed in it, and the last word of the log about it."""
    unit, district, colleague = world.unit("nurse"), District.objects.earliest("pk"), world.staff["colleague"]
    outside = Unit.objects.filter(signs_in=False)[0]
    post = Membership.objects.get(staff=colleague)
    away = Absence.objects.get(staff=colleague)
    number = next(identifiers.synthetic_numbers(day(-12000).date()))
    newcomer = {
        "given_name": "Ny", "family_name": "Her", "email": "ny@fotspor.example", "unit": unit.key, "role": "nurse",
        "identity_number": number,
    }  # fmt: skip
    corrected = {"given_name": "Mild", "family_name": "Enger", "email": colleague.email}
    absence = {"substitute": world.staff["nurse"].key, "from_on": NEXT_MONTH, "until_on": day(40).date()}
    details = {"opens_at_time": "08:00", "closes_at_time": "15:30", "signs_in": "on"}
    checked = {"identity_checked_how": "Møtte opp og viste pass"}
    return {
        "unit_new": ([], {"kind": "health_station", "name": "Fjæra", "from_on": TODAY, **details}, "created"),
        "unit_change": ([unit.key], {"name": unit.name, "version": unit.version, **details}, "changed"),
        "district_new": ([], {"code": "500555", "name": "Fjæra"}, "created"),
        "district_change": ([district.key], {"code": "500556", "name": "A", "version": district.version}, "changed"),
        "staff_new": ([], newcomer, "invited"),
        "staff_change": ([colleague.key], {**corrected, "version": colleague.version}, "changed"),
        "post_new": ([colleague.key], {"unit": unit.key, "role": "midwife", "from_on": TODAY}, "given"),
        "staff_absence_end": ([colleague.key, away.key], {"until_on": day(2).date()}, "ended"),
        "staff_absence_new": ([colleague.key], absence, "recorded"),
        "post_end": ([colleague.key, post.key], {"until_on": NEXT_MONTH}, "ended"),
        "staff_reset": ([colleague.key], checked, "reset"),
        "staff_leave": ([colleague.key], {"sure": "on"}, "left"),
        "unit_close": ([outside.key], {"until_on": NEXT_MONTH, "version": outside.version}, "closed"),
    }


@pytest.fixture
def away(world):
    from fotspor.services.actions import record_absence

    record_absence(
        staff=world.staff["colleague"], substitute=world.staff["nurse"], from_on=TODAY, until_on=day(4).date(),
        by=world.viewer("leader"), at=day(0),
    )  # fmt: skip


@pytest.fixture
def client_of(world):
    def enter(who):
        client = Client()
        client.force_login(world.staff[who])
        return client

    return enter


def logged():
    return list(AuditEvent.objects.order_by("pk").values_list("type", flat=True))


def test_the_administrators_forms(world, away, client_of):
    administrator = client_of("administrator")
    for name, (keys, typed, word) in forms(world).items():
        address, before = reverse(f"services:{name}", args=keys), logged()
        refused = administrator.post(address, {"_once": uuid4().hex})
        assert refused.status_code == 422, name
        assert "data-errors" in refused.content.decode(), name
        assert logged() == before, name
        once = uuid4().hex
        done = administrator.post(address, {**typed, "_once": once})
        assert done.status_code == 302, (name, refused_because(done))
        after = logged()
        assert after[-1].rpartition(".")[2] == word, name
        again = administrator.post(address, {**typed, "_once": once})
        assert (again.status_code, again.url) == (302, done.url), name
        assert logged() == after, name


def refused_because(answer):
    return answer.context and [each["form"].errors for each in answer.context if "form" in each][:1]


def test_the_officers_form_and_print(world, client_of):
    officer, address = client_of("officer"), reverse("access:who_has_looked")
    for number in ("", "12", "01010112345"):
        refused = officer.post(address, {"number": number, "_once": uuid4().hex})
        assert refused.status_code == 422
        assert "data-errors" in refused.content.decode()
        assert f'value="{number}"' in refused.content.decode() or not number
    found = officer.post(address, {"number": world.numbers["expecting"], "_once": uuid4().hex})
    assert world.mother("expecting").key in found.url
    assert "Ánne-Máret Ødegård" in officer.get(found.url).content.decode()
    printed, once = reverse("access:who_has_looked_print", args=[world.mother("expecting").key]), uuid4().hex
    for _twice in range(2):
        assert officer.post(printed, {"_once": once}).status_code == 302
    assert logged().count("access.log.printed") == 1


@pytest.mark.parametrize("kept", ["from_on=x", "from_on=2026-12-01&to_on=2026-11-01", "staff=nobody"])
def test_a_period_that_cannot_be_is_said_to_be_so(client_of, kept):
    answer = client_of("officer").get(f"{reverse('access:who_has_looked')}?{kept}")
    assert answer.status_code == 422
    assert "data-errors" in answer.content.decode()
