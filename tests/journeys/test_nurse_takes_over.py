"""A public-health nurse reads a baton, takes it over, and holds the six-week contact with the mother's form."""

from django.urls import reverse
from playwright.sync_api import expect

from fotspor.access.actions.audit import READ
from fotspor.access.models import AuditEvent
from fotspor.instruments.models import Response
from fotspor.pathways.models import Contact, Handover
from tests.journeys.story import Story, press, push, says, tick, title, type_answers

CALM = [0, 1, 0, 1, 0, 1, 0, 1, 0, 0]


class TestANurseTakesOver(Story):
    def test_from_the_inbox_to_a_held_contact(self, screen):
        self.page = self.as_("nurse", screen)
        self.given_a_baton_waits_in_the_inbox()
        self.when_she_reads_and_takes_it_over()
        self.then_her_unit_holds_it_and_the_midwife_no_longer_does()
        self.when_she_books_the_six_week_contact()
        self.and_the_mother_fills_in_the_form()
        self.and_the_answers_are_talked_over_and_the_contact_is_recorded()
        self.then_the_child_s_page_says_nothing_of_the_answers()

    def given_a_baton_waits_in_the_inbox(self):
        self.page.goto("/")
        self.page.goto(reverse("pathways:batons")) if self.page.viewport_size["width"] < 1024 else self.by_the_menu()
        says(self.page, "Rask Selje")
        self.looks_right(self.page)

    def by_the_menu(self):
        menu = self.page.get_by_role("navigation", name="Hovedmeny")
        push(self.page, menu.get_by_role("link", name="Stafettpinner"))

    def when_she_reads_and_takes_it_over(self):
        press(self.page, "Rask Selje")
        says(self.page, "Heimdal jordmortjeneste")
        self.looks_right(self.page)
        press(self.page, "Overta stafettpinnen")

    def then_her_unit_holds_it_and_the_midwife_no_longer_does(self):
        says(self.page, "stafettpinnen")
        handover = Handover.objects.get(pk=self.world.handovers["newborn"].pk)
        assert handover.accepted_by_id == self.world.staff["nurse"].pk
        self.page.goto(reverse("desk:child", args=[self.world.journeys["newborn"].key]))
        says(self.page, "Heimdal helsestasjon")
        expect(title(self.page)).to_contain_text("Rask Selje")

    def when_she_books_the_six_week_contact(self):
        self.contact = self.world.contact("six_weeks", "H-03")
        self.page.goto(reverse("pathways:contact", args=[self.contact.key]))
        press(self.page, "Sett opp time")
        self.page.get_by_label("Hvilken dag?").fill("2026-11-24")
        self.page.get_by_label("Når på dagen?").fill("12:30")
        self.page.get_by_label("Hvor?").fill("Rom 3")
        self.looks_right(self.page)
        press(self.page, "Sett opp time")
        says(self.page, "Timen er satt opp")
        self.page.goto("/")
        expect(self.page.locator("section[aria-labelledby=agenda]")).to_contain_text("12.30")

    def and_the_mother_fills_in_the_form(self):
        self.page.goto(reverse("pathways:contact", args=[self.contact.key]))
        press(self.page, "Før inn svar fra papir: EPDS")
        tick(self.page, self.page.get_by_label("Varm Lyng"))
        press(self.page, "Begynn")
        type_answers(self.page, CALM)
        press(self.page, "Fullfør og signer")  # at once, while the draft may still be on its way
        says(self.page, "Signert")
        expect(self.page.locator(".fs-score").first).to_contain_text("4")

    def and_the_answers_are_talked_over_and_the_contact_is_recorded(self):
        push(self.page, self.page.get_by_role("link", name="Før at svarene er snakket om"))
        tick(self.page, self.page.locator("input[name=outcome]").first)
        press(self.page, "Lagre utfallet")
        self.page.goto(reverse("pathways:contact_record", args=[self.contact.key]))
        press(self.page, "Før", exact=True)
        says(self.page, "Gjennomført")
        assert Contact.objects.get(pk=self.contact.pk).outcome == "held"

    def then_the_child_s_page_says_nothing_of_the_answers(self):
        response = Response.objects.get(contact=self.contact)
        assert response.subject == self.world.mother("six_weeks")
        self.page.goto(reverse("desk:child", args=[self.world.journeys["six_weeks"].key]))
        self.looks_right(self.page)
        content = self.page.locator("main").inner_text()
        door = "Før inn svar fra papir: EPDS"  # leads to a new form, and says nothing of an old one
        assert "EPDS" not in content.replace(door, "")
        assert response.key not in self.page.content()
        looks = AuditEvent.objects.filter(type=READ, staff=self.world.staff["nurse"].key)
        assert looks.filter(person=self.world.journey("six_weeks").child.key).count() == 1, "one line, however often"
