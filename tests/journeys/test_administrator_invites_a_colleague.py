"""An administrator opens a unit and invites a colleague, who chooses a password by the one-time link."""

from datetime import date

from django.urls import reverse
from playwright.sync_api import expect

from fotspor.kit.identifiers import synthetic_numbers
from fotspor.services.models import Membership, Staff, Unit
from tests.journeys.story import Story, press, says, title

PASSWORD = "en lang setning om fjorden"


class TestAnAdministratorInvitesAColleague(Story):
    def test_from_a_new_unit_to_a_colleague_at_work(self):
        self.given_an_administrator_at_work()
        self.when_she_opens_a_unit()
        self.when_she_invites_a_colleague_to_it()
        self.then_the_colleague_chooses_a_password_by_the_link()
        self.then_the_link_works_only_once()
        self.then_the_colleague_signs_in_and_sees_her_own_day()

    def given_an_administrator_at_work(self):
        self.page = self.as_("administrator")
        self.page.goto("/")
        expect(self.page).to_have_url(f"{self.window.base_url}{reverse('operation:status')}")
        self.looks_right(self.page)
        self.page.goto(reverse("services:units"))
        self.looks_right(self.page)

    def when_she_opens_a_unit(self):
        self.page.goto(reverse("services:unit_new"))
        self.looks_right(self.page)
        self.page.locator("#id_kind").select_option("health_station")
        self.page.locator("#id_name").fill("Fjæra helsestasjon")
        self.page.locator("#id_from_on").fill("2026-11-01")
        self.page.locator("main form .fs-actions button").first.click()
        says(self.page, "Fjæra helsestasjon")
        self.unit = Unit.objects.get(name="Fjæra helsestasjon")

    def when_she_invites_a_colleague_to_it(self):
        self.page.goto(reverse("services:staff_new"))
        self.looks_right(self.page)
        self.page.locator("#id_given_name").fill("Ny")
        self.page.locator("#id_family_name").fill("Søster")
        self.page.locator("#id_email").fill("ny.soster@fotspor.example")
        self.page.locator("#id_unit").select_option(label="Fjæra helsestasjon")
        self.page.locator("input[name=role][value=nurse]").check()
        press(self.page, "Lag lenken")
        says(self.page, "Ingenting er lagret")  # who opens records needs a number, or her own family stands open to her
        self.looks_right(self.page)
        self.page.locator("#id_identity_number").fill(next(synthetic_numbers(date(1985, 3, 4))))
        press(self.page, "Lag lenken")
        self.link = self.page.get_by_label("Lenken").input_value()
        self.page.reload()
        expect(self.page.locator("#link")).to_have_count(0)

    def then_the_colleague_chooses_a_password_by_the_link(self):
        self.hers = self.window.open()
        self.hers.goto(self.link.replace(self.link.split("/invitasjon")[0], self.window.base_url))
        self.hers.locator("#id_password").fill(PASSWORD)
        self.hers.locator("#id_again").fill(PASSWORD)
        press(self.hers, "Velg passordet")
        expect(self.hers.locator("#id_login")).to_be_visible()

    def then_the_link_works_only_once(self):
        again = self.window.open()
        again.goto(self.link.replace(self.link.split("/invitasjon")[0], self.window.base_url))
        expect(title(again)).to_have_text("Lenken kan ikke brukes")

    def then_the_colleague_signs_in_and_sees_her_own_day(self):
        assert Membership.objects.get(staff__email="ny.soster@fotspor.example").unit == self.unit
        self.hers.locator("#id_login").fill("ny.soster@fotspor.example")
        self.hers.locator("#id_password").fill("feil passord, men langt nok")
        self.hers.get_by_role("button", name="Logg inn", exact=True).click()
        expect(self.hers.locator("[data-errors], .ds-error-summary, .ds-alert").first).to_be_visible()
        self.hers.locator("#id_password").fill(PASSWORD)
        self.hers.get_by_role("button", name="Logg inn", exact=True).click()
        expect(title(self.hers)).to_contain_text("Ny")
        assert Staff.objects.get(email="ny.soster@fotspor.example").last_login is not None
        says(self.hers, "0")
