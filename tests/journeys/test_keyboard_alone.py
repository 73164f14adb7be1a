"""The day's page and the form from paper are worked through by the keyboard alone, and the focus is always seen."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from fotspor.instruments.models import Response
from tests.journeys.story import Story, says, title

SEEN = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const bars = [...document.querySelectorAll('.fs-actionbar')].map(b => b.getBoundingClientRect());
  const label = e.labels && e.labels[0] ? e.labels[0].getBoundingClientRect() : box;
  const hidden = bars.some(b => !e.closest('.fs-actionbar') && label.top > b.top && label.bottom < b.bottom);
  return !hidden && label.bottom > 0 && label.top < innerHeight && label.width > 0;
}"""


class TestKeyboardAlone(Story):
    def test_from_the_day_to_a_booked_contact(self):
        self.given("nurse", "/")
        self.when_the_first_stop_is_the_way_past_the_menu()
        self.when_she_goes_to("main a.ds-button[data-compact]")
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#id_on")).to_be_visible()
        self.when_she_goes_to("#id_place")
        self.page.keyboard.type("Rom 2")
        self.page.keyboard.press("Enter")
        says(self.page, "Dagen er etter at vinduet lukkes")  # the most overdue stands first: a warning, and she may
        self.when_she_goes_to("#id_confirmed")
        self.page.keyboard.press("Space")
        self.when_she_goes_to("main form .fs-actions button")
        self.page.keyboard.press("Enter")
        says(self.page, "Timen er satt opp")
        self.given("nurse", "/")
        self.when_she_goes_to("main .fs-filter li:nth-child(2) a")
        self.page.keyboard.press("Enter")
        expect(self.page.locator("main .fs-filter li:nth-child(2) a")).to_have_attribute("aria-current", "true")

    def test_a_form_from_paper(self):
        mother = self.world.mother("expecting")
        self.given("midwife", reverse("instruments:response_new", args=[mother.key, "epds"]))
        self.when_she_goes_to("main .fs-form button, main form .fs-actions button")
        self.page.keyboard.press("Enter")
        expect(self.page.locator("[data-items]")).to_be_visible()
        self.when_she_goes_to("input[name=epds01]")
        for number in range(1, 11):
            assert self.page.evaluate("document.activeElement.name") == f"epds{number:02}"
            assert self.page.evaluate(SEEN), f"question {number} is hidden"
            self.page.keyboard.press("1")
        self.page.keyboard.press("Backspace")
        assert self.page.evaluate("document.activeElement.name") == "epds09"
        expect(self.page.locator("#under-svarene")).to_contain_text("10 av 10 besvart")
        expect(self.page.locator("#svar-og-resultat .fs-safety")).to_be_visible()
        self.when_she_goes_to(".fs-actionbar button")
        self.page.keyboard.press("Enter")
        says(self.page, "Signert")
        answers = Response.objects.get(subject=mother).answers
        # The first box on the paper: 0 points in 1, 2 and 4, and 3 in the seven printed the other way round.
        assert [answers[f"epds{n:02}"] for n in range(1, 11)] == [0, 0, 3, 0, 3, 3, 3, 3, 3, 3]

    def given(self, who, address):
        self.page = self.as_(who)
        self.page.goto(address)
        expect(title(self.page)).to_be_visible()

    def when_the_first_stop_is_the_way_past_the_menu(self):
        self.page.keyboard.press("Tab")
        expect(self.page.locator(".ds-skip-link")).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(self.page).to_have_url(re.compile("#innhold$"))

    def when_she_goes_to(self, selector):
        """Tab until it has the focus; every stop on the way must be seen."""
        wanted = f"""() => document.activeElement.matches({selector!r})"""
        for _ in range(80):
            if self.page.evaluate(wanted):
                return
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(SEEN), self.page.evaluate("document.activeElement.outerHTML")
        raise AssertionError(f"{selector} is not reached by Tab")
