"""The same work in nynorsk and in English: no word of another language stands on the pages."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from fotspor.pathways.models import Handover
from tests.journeys.story import Story, title

# Words that give away a sentence in another language; names and «EPDS» are the same in all.
FOREIGN = {
    "nn": r"\b(jeg|hun|ikke|hvem|hva|hvor|hvorfor|fra|noe|noen|uke|uker|the|and|this|of|is)\b",
    "en": r"\b(og|ikke|ikkje|hun|hvem|kven|til|fra|av|på|med|uke|uker|dager|stafettpinnen?|helsesykepleier|jordmor)\b",
    "nb": r"\b(ikkje|kven|kva|korleis|frå|eg|ho|noko|the|and|this|of|is|was|has|you|your)\b",
}
BUTTONS = {"nn": "Overta", "en": "Take over the baton", "nb": "Overta stafettpinnen"}


class TestLanguages(Story):
    @pytest.mark.parametrize("language", ["nn", "en", "nb"])
    def test_a_nurse_takes_over_a_baton_and_screens(self, language):
        self.language = language
        self.given_she_reads_that_language()
        self.when_she_takes_over_the_baton()
        self.when_she_opens_the_six_week_contact_and_a_form()
        self.then_no_page_said_a_word_in_another_language()

    def given_she_reads_that_language(self):
        self.page, self.said = self.as_("nurse"), {}
        self.page.goto("/")
        self.page.locator(".fs-rail .fs-me summary").click()
        self.page.locator(f".fs-rail .fs-language button[value={self.language}]").click()
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)
        self.read()

    def when_she_takes_over_the_baton(self):
        for address in (reverse("pathways:batons"), reverse("pathways:calendar"), reverse("desk:people")):
            self.page.goto(address)
            self.read()
        self.page.goto(reverse("pathways:handover", args=[self.world.handovers["newborn"].key]))
        self.read()
        self.page.get_by_role("button", name=BUTTONS[self.language]).click()
        assert Handover.objects.get(pk=self.world.handovers["newborn"].pk).accepted_at is not None
        self.read()
        self.page.goto(reverse("desk:child", args=[self.world.journeys["newborn"].key]))
        self.read()

    def when_she_opens_the_six_week_contact_and_a_form(self):
        key = self.world.contact("six_weeks", "H-03").key
        for name in ("contact", "contact_book", "contact_record", "contact_absent"):
            self.page.goto(reverse(f"pathways:{name}", args=[key]))
            self.read()
        self.page.goto(f"{reverse('instruments:response_new', args=[self.world.mother('six_weeks').key, 'epds'])}")
        self.read()
        self.page.locator("input[name=answerer]").first.check()
        self.page.locator("main form button[type=submit]").first.click()
        expect(title(self.page)).to_contain_text("EPDS")
        self.read()

    def then_no_page_said_a_word_in_another_language(self):
        strange = {
            address: sorted({w.group(0) for w in re.finditer(FOREIGN[self.language], text, re.IGNORECASE)})
            for address, text in self.said.items()
        }
        assert {address: words for address, words in strange.items() if words} == {}

    def read(self):
        """Remember what the page says: what is open and what is not, without names of people, places and languages."""
        expect(title(self.page)).to_be_visible()
        self.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        self.said[f"{len(self.said)} {self.page.url.removeprefix(self.window.base_url)}"] = self.page.evaluate(
            """() => { const body = document.body.cloneNode(true);
              body.querySelectorAll('.fs-language, [lang], [data-own]').forEach(e => e.remove());
              return body.textContent }"""
        )
