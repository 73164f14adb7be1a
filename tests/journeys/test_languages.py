"""The same work in nynorsk and in English: no word of another language stands on the pages."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from fotspor.pathways.models import Handover
from tests.journeys.story import Story, strange_words, title

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
        assert {address: words for address, words in self.said.items() if words} == {}

    def read(self):
        """Remember what the page says that is not in the language."""
        expect(title(self.page)).to_be_visible()
        address = self.page.url.removeprefix(self.window.base_url)
        self.said[f"{len(self.said)} {address}"] = strange_words(self.page, self.language)
