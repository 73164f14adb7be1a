"""The core of the work is done without any JavaScript: register, screen, answer, take over a baton."""

from django.urls import reverse
from playwright.sync_api import expect

from fotspor.instruments.models import Response
from fotspor.pathways.models import Handover
from fotspor.people.models import Person
from tests.journeys.story import Story, go, press, says, title

ANSWERS = [0, 0, 0, 0, 0, 0, 0, 0, 0, 2]


class TestWithoutJavascript(Story):
    def test_a_pregnancy_and_a_form(self, no_js):
        self.page = self.as_("midwife", no_js)
        self.when_she_registers_a_pregnancy()
        self.when_she_saves_a_draft_with_question_ten()
        self.then_the_day_begins_with_it()
        self.when_she_signs_and_writes_the_outcome()
        self.then_nothing_is_left_of_the_alarm()

    def test_a_baton(self, no_js):
        self.page = self.as_("nurse", no_js)
        self.page.goto(reverse("pathways:batons"))
        press(self.page, "Rask Selje")
        press(self.page, "Overta stafettpinnen")
        assert Handover.objects.get(pk=self.world.handovers["newborn"].pk).accepted_at is not None

    def when_she_registers_a_pregnancy(self):
        self.page.goto(reverse("desk:people"))
        go(self.page, reverse("pathways:pregnancy_new"))
        press(self.page, "Registrer svangerskapet")
        expect(self.page.locator("[data-errors]")).to_be_visible()
        self.page.get_by_label("Fornavn og mellomnavn").fill("Nora")
        self.page.get_by_label("Etternavn").fill("Bjørk")
        self.page.get_by_label("Fødselsdato").fill("1996-05-02")
        self.page.get_by_label("Jente eller kvinne").check()
        self.page.get_by_label("Termindato").fill("2027-02-14")
        self.page.get_by_label("Ultralyd").check()
        press(self.page, "Registrer svangerskapet")
        expect(title(self.page)).to_contain_text("Nora Bjørk")
        self.mother = Person.objects.get(given_name="Nora")

    def when_she_saves_a_draft_with_question_ten(self):
        self.page.goto(reverse("instruments:response_new", args=[self.mother.key, "epds"]))
        press(self.page, "Begynn")
        for number, points in enumerate(ANSWERS, start=1):
            self.page.locator(f"input[name=epds{number:02}][value='{points}']").check()
        press(self.page, "Lagre utkast")
        says(self.page, "10 av 10 besvart")
        self.form = self.page.url

    def then_the_day_begins_with_it(self):
        self.page.goto("/")
        expect(self.page.locator(".fs-urgent")).to_contain_text("Nora Bjørk")

    def when_she_signs_and_writes_the_outcome(self):
        self.page.goto(self.form)
        press(self.page, "Fullfør og signer")
        says(self.page, "Signert")
        self.page.locator(".fs-safety [name=outcome][value=no_danger]").check()
        self.page.locator(".fs-safety [name=note]").fill("Ny samtale onsdag.")
        press(self.page, "Lagre utfallet")

    def then_nothing_is_left_of_the_alarm(self):
        response = Response.objects.get(subject=self.mother)
        assert response.signed_at is not None
        assert response.duties.get(step="safety").closed_on is not None
        self.page.goto("/")
        expect(self.page.locator(".fs-urgent")).to_have_count(0)
