"""A passkey of one's own: added, signed in with, asked for again, removed. The browser's own virtual device."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from fotspor.access.models import AuditEvent
from fotspor.services.tests.builders import PASSWORD, with_password
from tests.journeys.story import Story, press, says, title

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class TestPasskeys(Story):
    @pytest.fixture(autouse=True)
    def _device(self, _stage):
        self.nurse = with_password(self.world.staff["nurse"])
        self.page = self.window.open()
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.send("WebAuthn.enable")
        self.device = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def signs_in_by_password(self):
        self.page.goto(f"{reverse('account_login')}?next={reverse('services:settings')}")
        self.page.locator("#id_login").fill(self.nurse.email)
        self.page.locator("#id_password").fill(PASSWORD)
        self.page.get_by_role("button", name="Logg inn", exact=True).click()
        expect(title(self.page)).to_have_text("Personlige innstillinger")

    def adds_one(self):
        press(self.page, "Legg til en passnøkkel")
        expect(title(self.page)).to_have_text("Ny passnøkkel")
        self.looks_right(self.page)
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.looks_right(self.page)
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.locator("#id_name").fill("Kontormaskinen")
        press(self.page, "Legg til passnøkkelen")
        expect(self.page).to_have_url(re.compile("/konto/reservekoder/"))

    def signs_out(self):
        self.page.locator(".fs-rail .fs-me").evaluate("menu => { menu.open = true }")
        self.page.locator(".fs-rail").get_by_role("button", name="Logg ut").click()
        expect(title(self.page)).to_have_text("Logg inn")

    def signs_in_by_passkey(self):
        press(self.page, "Logg inn med passnøkkel")
        expect(title(self.page)).not_to_have_text("Logg inn")

    def hows(self):
        events = AuditEvent.objects.filter(type="services.session.signed_in").order_by("id")
        return [event.facts["how"] for event in events]

    def test_it_is_added_stands_for_password_and_code_and_is_removed(self):
        page = self.page
        self.signs_in_by_password()
        self.adds_one()
        page.goto(reverse("services:settings"))
        says(page, "Kontormaskinen")
        self.looks_right(page)
        self.signs_out()
        self.looks_right(page)
        self.signs_in_by_passkey()
        expect(page).to_have_url(re.compile(r"/(\?.*)?$"))
        assert self.hows() == ["password", "passkey"]
        page.goto(reverse("services:settings"))
        press(page, re.compile("Fjern"))
        expect(title(page)).to_have_text("Fjerne passnøkkelen?")
        self.looks_right(page)
        press(page, "Fjern den")
        expect(title(page)).to_have_text("Personlige innstillinger")
        assert "Kontormaskinen" not in page.locator("main").inner_text()
        types = set(AuditEvent.objects.values_list("type", flat=True))
        assert {"services.session.passkey_added", "services.session.passkey_removed"} <= types

    def test_after_the_password_it_stands_for_the_code_and_answers_whether_it_is_you(self):
        page = self.page
        self.signs_in_by_password()
        self.adds_one()
        page.goto(reverse("services:settings"))
        self.signs_out()
        page.locator("#id_login").fill(self.nurse.email)
        page.locator("#id_password").fill(PASSWORD)
        page.get_by_role("button", name="Logg inn", exact=True).click()
        expect(title(page)).to_have_text("Kode fra telefonen")
        self.looks_right(page)
        press(page, "Bruk en passnøkkel")
        expect(title(page)).not_to_have_text("Kode fra telefonen")
        page.goto(f"{reverse('mfa_reauthenticate_webauthn')}?next={reverse('services:settings')}")
        self.looks_right(page)
        press(page, "Bruk en passnøkkel")
        expect(title(page)).to_have_text("Personlige innstillinger")

    def locks(self):
        self.page.locator(".fs-rail .fs-me").evaluate("menu => { menu.open = true }")
        self.page.locator(".fs-rail").get_by_role("button", name="Lås skjermen").click()
        expect(title(self.page)).to_have_text("Skjermen er låst")

    def test_it_unlocks_the_screen_and_leads_back(self):
        page = self.page
        self.signs_in_by_password()
        page.goto(reverse("services:settings"))
        self.locks()
        expect(page.get_by_role("button", name="Lås opp med passnøkkel")).to_have_count(0)
        page.locator("#id_password").fill(PASSWORD)
        press(page, "Lås opp")
        self.adds_one()
        page.goto(reverse("services:settings"))
        self.locks()
        self.looks_right(page)
        press(page, "Lås opp med passnøkkel")
        expect(title(page)).to_have_text("Personlige innstillinger")
        unlocked = AuditEvent.objects.filter(type="services.session.unlocked").order_by("id")
        assert [event.facts["how"] for event in unlocked] == ["password", "passkey"]

    def test_a_device_that_does_not_know_who_holds_it_lets_nobody_in(self):
        page = self.page
        self.signs_in_by_password()
        self.adds_one()
        page.goto(reverse("services:settings"))
        self.signs_out()
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.device, "isUserVerified": False})
        press(page, "Logg inn med passnøkkel")
        page.wait_for_timeout(1500)
        expect(title(page)).to_have_text("Logg inn")
        assert self.hows() == ["password"]
        self.window.faults.clear()  # the library says in the console that the device said no
