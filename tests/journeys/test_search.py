"""Somebody is found by any part of her name on any keyboard, and a stranger by her exact identity number only."""

from playwright.sync_api import expect

from fotspor.access.models import AuditEvent, CareRelation
from tests.journeys.story import Story, says, title


class TestSearch(Story):
    def test_by_name_as_it_is_typed(self):
        self.given_the_midwife_is_at_work("midwife")
        for typed in ("odegaard anne", "ØDEGÅRD", "Ánne-Máret", "maret", "ødegå"):
            self.when_she_types(typed)
            says(self.page, "Ánne-Máret Ødegård")
        self.looks_right(self.page)
        self.then_no_name_stands_in_an_address()

    def test_a_stranger_by_number_alone(self):
        self.given_the_midwife_is_at_work("nurse_elsewhere")
        self.when_she_types("Ødegård")
        self.then_nobody_is_found()
        self.when_she_types(self.world.numbers["expecting"])
        self.then_she_may_take_her_in_today()
        self.when_she_says_why()
        self.then_her_unit_has_a_relation_and_the_look_is_logged()

    def given_the_midwife_is_at_work(self, who):
        self.page = self.as_(who)
        self.page.goto("/")

    def when_she_types(self, text):
        self.page.locator("h1").click()
        self.page.keyboard.press("/")
        expect(self.page.locator("#search")).to_be_focused()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#hits")).to_be_visible()

    def then_no_name_stands_in_an_address(self):
        for event in ("Ødegård", "odegaard", "ødegå", "maret"):
            assert event.casefold() not in self.page.url.casefold()

    def then_nobody_is_found(self):
        expect(self.page.locator("section[aria-labelledby=hits] .fs-list")).to_have_count(0)
        assert "Ánne" not in self.page.locator("main").inner_text()
        self.looks_right(self.page)

    def then_she_may_take_her_in_today(self):
        assert self.world.numbers["expecting"] not in self.page.url
        assert "Ánne" not in self.page.locator("main").inner_text()
        self.page.locator("main form button", has=self.page.locator("use[href$='i-Door']")).click()
        says(self.page, "Ánne-Máret Ødegård")
        says(self.page, "Heimdal jordmortjeneste")
        assert self.world.numbers["expecting"] not in self.page.url
        self.looks_right(self.page)

    def when_she_says_why(self):
        self.page.locator("#id_reason").fill("Hun står i skranken og trenger hjelp nå.")
        self.page.locator("main form .fs-actions button").first.click()
        expect(title(self.page)).to_contain_text("Ánne-Máret Ødegård")

    def then_her_unit_has_a_relation_and_the_look_is_logged(self):
        mother, unit = self.world.mother("expecting"), self.world.unit("nurse_elsewhere")
        assert CareRelation.objects.filter(person=mother, unit=unit).count() == 1
        by_her = AuditEvent.objects.filter(staff=self.world.staff["nurse_elsewhere"].key)
        types = set(by_her.filter(person=mother.key).values_list("type", flat=True))
        assert len(types) >= 3, types  # looked up, taken in, read
        assert not [e for e in by_her if self.world.numbers["expecting"] in str(e.facts)]
