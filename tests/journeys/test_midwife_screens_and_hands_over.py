"""A midwife registers a pregnancy, screens, acts on question 10, and hands the journey over."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from fotspor.instruments.models import Response
from fotspor.pathways.models import Contact, Handover
from fotspor.people.models import Journey
from tests.journeys.story import Story, go, press, push, says, tick, title, type_answers

ALARMING = [1, 0, 1, 0, 1, 0, 1, 0, 0, 1]  # 5 in all: far under the limit, but question 10 is over 0
ALERT = ".fs-urgent"


class TestAMidwifeScreensAndHandsOver(Story):
    def test_from_a_new_pregnancy_to_a_sent_baton(self, screen):
        self.page = screen
        self.given_she_signs_in_by_role()
        self.when_she_registers_a_pregnancy()
        self.and_books_and_holds_the_first_contact()
        self.and_types_in_the_form_from_paper()
        self.then_the_day_begins_with_the_safety_conversation_before_she_has_signed()
        self.when_she_signs()
        self.then_the_contact_cannot_be_closed_and_she_is_told_why()
        self.when_she_has_held_the_safety_conversation()
        self.then_the_contact_closes_and_the_alert_is_gone()
        self.when_she_hands_the_journey_over()
        self.then_she_holds_the_baton_until_somebody_takes_it()

    def given_she_signs_in_by_role(self):
        self.page.goto(reverse("services:demo_sign_in"))
        press(self.page, "Vær Stødig Bekk")
        expect(title(self.page)).to_contain_text("Stødig")
        self.looks_right(self.page)

    def when_she_registers_a_pregnancy(self):
        self.page.goto(reverse("desk:people"))
        go(self.page, reverse("pathways:pregnancy_new"))
        self.looks_right(self.page)
        self.page.get_by_label("Fornavn og mellomnavn").fill("Nora Sánne")
        self.page.get_by_label("Etternavn").fill("Bjørk")
        self.page.get_by_label("Fødselsdato").fill("1996-05-02")
        tick(self.page, self.page.get_by_label("Jente eller kvinne"))
        self.page.get_by_label("Termindato").fill("2027-02-14")
        tick(self.page, self.page.get_by_label("Ultralyd"))
        press(self.page, "Registrer svangerskapet")
        says(self.page, "Enheten din har stafettpinnen")
        expect(title(self.page)).to_contain_text("Nora Sánne Bjørk")
        self.journey = Journey.objects.get(pregnancy__mother__given_name="Nora Sánne")

    def and_books_and_holds_the_first_contact(self):
        first = Contact.objects.filter(journey=self.journey).order_by("opens_on", "pk").exclude(step="P-28").first()
        self.page.goto(reverse("pathways:contact", args=[first.key]))
        press(self.page, "Sett opp time")
        self.page.get_by_label("Når på dagen?").fill("10:30")
        press(self.page, "Sett opp time")
        says(self.page, "Timen er satt opp")
        press(self.page, "Før hva som skjedde")
        press(self.page, "Før", exact=True)
        says(self.page, "Gjennomført")

    def and_types_in_the_form_from_paper(self):
        self.contact = Contact.objects.get(journey=self.journey, step="P-28")
        self.page.goto(reverse("pathways:contact", args=[self.contact.key]))
        press(self.page, "Før inn svar fra papir: EPDS")
        press(self.page, "Begynn")
        type_answers(self.page, ALARMING)
        expect(self.page.locator("#under-svarene")).to_contain_text("10 av 10 besvart")
        expect(self.page.locator("#svar-og-resultat .fs-safety")).to_be_visible()
        self.form = self.page.url
        self.looks_right(self.page)

    def then_the_day_begins_with_the_safety_conversation_before_she_has_signed(self):
        response = Response.objects.get(subject=self.journey.pregnancy.mother)
        assert response.signed_at is None
        assert [response.answers[f"epds{n:02}"] for n in range(1, 11)] == ALARMING
        self.page.goto("/")
        expect(self.page.locator(ALERT)).to_contain_text("Nora Sánne Bjørk")
        self.looks_right(self.page)
        self.looks_right(self.page, "dark")

    def when_she_signs(self):
        self.page.goto(self.form)
        press(self.page, "Fullfør og signer")
        says(self.page, "Signert")
        self.looks_right(self.page)

    def then_the_contact_cannot_be_closed_and_she_is_told_why(self):
        self.page.goto(reverse("pathways:contact_record", args=[self.contact.key]))
        press(self.page, "Før", exact=True)
        says(self.page, re.compile("rygghetssamtale"))
        expect(self.page.locator("[data-errors]")).to_be_focused()
        self.looks_right(self.page)
        assert Contact.objects.get(pk=self.contact.pk).outcome == ""

    def when_she_has_held_the_safety_conversation(self):
        self.page.goto(self.form)
        form = self.page.locator(".fs-safety")
        tick(self.page, form.locator("[name=outcome][value=no_danger]"))
        form.locator("[name=note]").fill("Ny samtale onsdag. Hun vet hvem hun kan ringe.")
        push(self.page, form.get_by_role("button", name="Lagre utfallet"))
        says(self.page, "Lagret")

    def then_the_contact_closes_and_the_alert_is_gone(self):
        talk = self.page.get_by_role("link", name="Før at svarene er snakket om")
        push(self.page, talk)
        tick(self.page, self.page.locator("input[name=outcome]").first)
        press(self.page, "Lagre utfallet")
        self.page.goto(reverse("pathways:contact_record", args=[self.contact.key]))
        press(self.page, "Før", exact=True)
        says(self.page, "Gjennomført")
        self.page.goto("/")
        expect(self.page.locator(ALERT)).to_have_count(0)

    def when_she_hands_the_journey_over(self):
        self.page.goto(reverse("desk:child", args=[self.journey.key]))
        go(self.page, reverse("pathways:handover_new", args=[self.journey.key]))
        self.looks_right(self.page)
        self.page.locator("#id_unit").select_option(label="Heimdal helsestasjon")
        self.page.locator("#id_reason").fill("Ønsker plan før fødsel")
        self.page.locator("#id_summary").fill("Vil gjerne møte helsesykepleieren før barnet kommer.")
        press(self.page, "Send stafettpinnen")

    def then_she_holds_the_baton_until_somebody_takes_it(self):
        handover = Handover.objects.get(journey=self.journey)
        assert handover.accepted_at is None
        self.page.goto(reverse("pathways:batons"))
        says(self.page, "Nora Sánne Bjørk")
        self.looks_right(self.page)
        self.page.goto(reverse("desk:child", args=[self.journey.key]))
        says(self.page, "Heimdal jordmortjeneste")
        self.looks_right(self.page)
