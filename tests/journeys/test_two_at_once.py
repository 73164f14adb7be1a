"""Two colleagues at the same list and the same form: each is told, calmly, what the other has done."""

import re
from datetime import timedelta

from django.urls import reverse
from playwright.sync_api import expect

from fotspor.access.actions import note_form_open
from fotspor.worklist import actions
from tests.journeys.story import Story, press, says
from tests.journeys.world import NOW, TODAY

MINUTE = 61_000
TAKEN = re.compile(r"Tatt av .* kl\. \d\d\.\d\d")


class TestTwoAtOnce(Story):
    def test_a_row_that_a_colleague_takes_gets_its_receipt_in_place(self):
        self.given_two_tasks_on_the_list()
        self.when_a_colleague_takes_the_first()
        self.then_pressing_its_button_gives_the_receipt_and_the_list_stays()
        self.when_a_colleague_takes_the_second()
        self.then_the_row_says_so_by_itself()

    def test_without_javascript_the_page_says_it_at_the_top(self, no_js):
        self.given_two_tasks_on_the_list(no_js)
        self.when_a_colleague_takes_the_first()
        self.button(self.first).click()
        expect(self.page.locator("main [role=status]").first).to_have_text(TAKEN)
        expect(self.row(self.second)).to_be_visible()

    def test_an_open_form_names_who_else_has_it_open(self):
        self.page = self.as_("nurse")
        self.page.clock.install()
        contact = self.world.contact("six_weeks", "H-03")
        self.page.goto(reverse("pathways:contact_record", args=[contact.key]))
        line = self.page.locator("#also-open")
        expect(line).to_have_text("")
        self.page.locator("textarea[name=note]").fill("Begynt på")
        note_form_open(
            form="pathways:contact_record", about=contact.key, by=self.world.viewer("colleague"), at=NOW
        )  # fmt: skip
        self.page.clock.fast_forward(MINUTE)
        expect(line).to_contain_text("har også dette skjemaet åpent (siden")
        expect(self.page.locator("textarea[name=note]")).to_have_value("Begynt på")
        self.looks_right(self.page)

    def test_a_new_task_is_written_from_the_day(self):
        self.given_two_tasks_on_the_list()
        press(self.page, "Ny oppgave")
        self.looks_right(self.page)
        self.page.get_by_label("Hvem gjelder det?").select_option(index=1)
        self.page.locator("input[name=kind]").first.check()
        self.page.locator("textarea[name=note]").fill("Ringe om vekt")
        press(self.page, "Skriv oppgaven")
        says(self.page, "Ringe om vekt")

    def given_two_tasks_on_the_list(self, page=None):
        mother, by = self.world.mother("six_weeks"), self.world.viewer("nurse")
        self.first, self.second = (
            actions.type_task(kind=kind, note="", person=mother, due_on=TODAY, staff_id=None, by=by, at=NOW)
            for kind in ("call", "letter")
        )
        self.page = self.as_("nurse", page)
        if page is None:
            self.page.clock.install()
        self.page.goto("/")

    def when_a_colleague_takes_the_first(self):
        self.taken(self.first)

    def when_a_colleague_takes_the_second(self):
        self.taken(self.second)

    def taken(self, task):
        colleague = self.world.viewer("colleague")
        actions.assign(task=task, staff_id=colleague.staff_id, by=colleague, at=NOW + timedelta(minutes=1))

    def button(self, task):
        return self.page.locator(f".fs-task__act a[href*='{task.key}']")

    def row(self, task):
        return self.page.locator("article", has=self.page.locator(f"a[href*='{task.key}']"))

    def then_pressing_its_button_gives_the_receipt_and_the_list_stays(self):
        rows = self.page.locator("article").count()
        self.button(self.first).click()
        receipt = self.page.locator("article [role=status]")
        expect(receipt).to_have_text(TAKEN)
        expect(receipt).to_be_focused()
        assert self.page.locator("article").count() == rows
        assert self.page.url.endswith("/")
        self.looks_right(self.page)

    def then_the_row_says_so_by_itself(self):
        self.page.clock.fast_forward(MINUTE)
        expect(self.page.locator("article [role=status]")).to_have_count(2)
        expect(self.page.locator("article [role=status]").first).to_be_focused()
