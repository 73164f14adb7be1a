"""The day's list, a child's page and the sheet for the conversation go to paper: without the rail, and logged."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from fotspor.access.models import AuditEvent
from fotspor.instruments import actions as instruments
from tests.journeys.story import Story, title
from tests.journeys.world import NOW

NEVER_ON_PAPER = ".fs-rail, .fs-topbar, .fs-tabbar, .fs-actionbar, .fs-filter, main button, main .ds-button"
NAMES = re.compile("Lyng|Selje|Lita|Varm")
ANSWERS = {f"epds{n:02}": 1 for n in range(1, 11)}


class TestPrint(Story):
    @pytest.fixture(autouse=True)
    def printer(self, _stage):
        """The browser's print dialogue is only counted."""
        self.page = self.as_("nurse")
        self.page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1 }")

    def test_the_day_s_list(self):
        self.page.goto("/")
        self.when_it_is_printed()
        self.then_the_paper_has_no_menu(log="desk.day.printed")

    def test_a_child_s_page(self):
        self.page.goto(reverse("desk:child", args=[self.world.journeys["six_weeks"].key]))
        self.when_it_is_printed()
        self.then_the_paper_has_no_menu(log="desk.child.printed")
        assert "Lita Lyng" not in self.page.locator("main").inner_text(), "only initials leave the room"

    def test_the_sheet_for_the_conversation(self):
        by, mother = self.world.viewer("nurse"), self.world.mother("six_weeks")
        response = instruments.save_draft(
            subject=mother, informant_kind="mother", instrument="epds", answers=ANSWERS, answered_on=NOW.date(),
            journey=self.world.journey("six_weeks"), by=by, at=NOW,
        )  # fmt: skip
        instruments.sign(response=response, version=response.version, by=by, at=NOW)
        self.page.goto(reverse("instruments:response", args=[response.key]))
        self.when_it_is_printed()
        self.then_the_paper_has_no_menu(log="instruments.response.printed")
        paper = self.page.locator("main").inner_text()
        assert "selvskading" not in paper
        assert "Varm Lyng" not in paper

    @pytest.mark.parametrize("scripts", [True, False])
    def test_the_browsers_own_print_gives_no_name(self, scripts):
        page = self.as_("nurse", java_script_enabled=scripts)
        for address in (
            reverse("desk:child", args=[self.world.journeys["six_weeks"].key]),
            reverse("desk:person", args=[self.world.mother("six_weeks").key]),
            reverse("desk:people"),
            reverse("desk:day"),
        ):
            page.goto(address)
            expect(title(page)).to_be_visible()
            page.emulate_media(media="print")
            expect(title(page)).not_to_be_visible()
            expect(page.get_by_text("Bruk «Skriv ut»-knappen")).to_be_visible()
            shown = page.locator("body *").filter(has_text=NAMES).filter(visible=True)
            expect(shown.filter(has_not=page.locator("*"))).to_have_count(0)
            page.emulate_media(media="screen")

    def test_neither_the_browsers_header_nor_its_file_is_called_by_the_name(self):
        self.page.goto(reverse("desk:child", args=[self.world.journeys["six_weeks"].key]))
        name = self.page.title()
        assert "Lyng" in name
        self.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert self.page.title() == "Fotspor"
        self.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert self.page.title() == name

    def when_it_is_printed(self):
        self.before = AuditEvent.objects.filter(type__contains="print").count()
        self.page.locator("main form[action*='skriv-ut'] button").first.click()
        expect(self.page.locator("[data-print]")).to_be_attached()
        self.page.wait_for_function("window.printed === 1")

    def then_the_paper_has_no_menu(self, log):
        assert AuditEvent.objects.filter(type__contains="print").count() == self.before + 1
        assert AuditEvent.objects.filter(type=log, staff=self.world.staff["nurse"].key).count() == 1
        self.page.emulate_media(media="print")
        expect(title(self.page)).to_be_visible()
        expect(self.page.locator(".fs-printed")).to_contain_text(re.compile("av (Klok Fjell|KF)"))
        shown = self.page.locator(NEVER_ON_PAPER).filter(visible=True)
        expect(shown).to_have_count(0)
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
