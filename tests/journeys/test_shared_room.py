"""A screen in a room that others come by: locked, told ahead, and what was typed never lost nor shown to another."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from fotspor.kit.models import Draft
from tests.journeys.story import Story, press, says, title
from tests.journeys.world import NOW


class TestSharedRoom(Story):
    @pytest.fixture(autouse=True)
    def _forms(self, _stage):
        self.child = reverse("desk:child", args=[self.world.journeys["six_weeks"].key])
        self.form = reverse("worklist:task_new", args=[self.world.mother("six_weeks").key])

    def enters(self, page, who, onward="/"):
        page.goto(f"{reverse('services:demo_sign_in')}?next={onward}")
        first = page.locator("main").get_by_role("button", name=re.compile(self.world.staff[who].name))
        if first.count():
            first.click()
            return
        card = page.locator("section", has=page.locator("option", has_text=self.world.staff[who].name)).first
        card.locator("summary").click()
        choice = card.locator("option", has_text=self.world.staff[who].name).first
        card.locator("select").select_option(choice.get_attribute("value"))
        card.get_by_role("button", name="Logg inn", exact=True).click()

    def sees_no(self, page, *words):
        for word in words:
            assert word not in page.content()

    @pytest.mark.parametrize("width", [1440, 390])
    def test_the_screen_is_locked_and_nothing_is_left_on_it(self, width):
        page = self.as_("nurse", width=width)
        page.goto(self.child)
        expect(title(page)).to_contain_text("Lita Lyng")
        other = page.context.new_page()
        other.goto(self.child)
        expect(title(other)).to_contain_text("Lita Lyng")
        place = ".fs-rail" if width == 1440 else ".fs-topbar"
        page.locator(f"{place} .fs-me summary").click()
        page.locator(f"{place} .fs-me").get_by_role("button", name="Lås skjermen").click()
        expect(title(page)).to_have_text("Skjermen er låst")
        self.looks_right(page)
        self.sees_no(page, "Lyng")
        expect(title(other)).to_have_text("Skjermen er låst")  # by itself
        page.go_back()
        expect(title(page)).to_have_text("Skjermen er låst")
        self.sees_no(page, "Lyng")
        page.goto(self.form)
        expect(title(page)).to_have_text("Skjermen er låst")
        press(page, "Lås opp")
        expect(title(page)).to_contain_text("Lita Lyng")

    def test_one_key_locks_it_and_what_was_typed_is_offered_again(self):
        page = self.as_("nurse")
        page.goto(self.form)
        page.locator("#id_note").fill("Ringe om onsdagsgruppa")
        title(page).click()
        page.keyboard.press("l")
        expect(title(page)).to_have_text("Skjermen er låst")
        press(page, "Lås opp")
        says(page, "Du hadde begynt å skrive her")
        self.looks_right(page)
        expect(page.locator("#id_note")).to_have_value("")
        press(page, "Hent fram")
        expect(page.locator("#id_note")).to_have_value("Ringe om onsdagsgruppa")
        self.looks_right(page)
        page.locator("main input[name=kind]").first.check()
        press(page, "Skriv oppgaven")
        expect(page.locator(".fs-toast").first).to_be_visible()
        assert not Draft.objects.exists()

    @pytest.mark.parametrize("width", [1440, 390])
    def test_it_is_told_ahead_and_a_press_goes_on(self, settings, width):
        settings.SESSION_IDLE_SECONDS = 122  # the warning comes two seconds after the page
        page = self.as_("nurse", width=width)
        page.goto(self.child)
        dialog = page.get_by_role("alertdialog")
        expect(dialog).to_be_visible()
        expect(dialog).to_contain_text(re.compile(r"Du blir logget ut kl\. \d\d\.\d\d"))
        expect(dialog.get_by_role("button", name="Fortsett")).to_be_focused()
        assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        self.looks_right(page)
        other = page.context.new_page()
        other.goto(self.child)
        expect(other.get_by_role("alertdialog")).to_be_visible()
        settings.SESSION_IDLE_SECONDS = 1800
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(other.get_by_role("alertdialog")).to_be_hidden()  # what is done in one window counts in the other

    def test_what_was_typed_outlives_the_session_for_its_writer_alone(self, settings):
        page = self.window.open()
        self.enters(page, "nurse", self.form)
        page.locator("#id_note").fill("Ringe om onsdagsgruppa")
        settings.SESSION_IDLE_SECONDS = 1
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")  # as when one comes back to it
        expect(page).to_have_url(re.compile("/konto/inn/"))
        self.sees_no(page, "onsdagsgruppa", "Lyng")
        settings.SESSION_IDLE_SECONDS = 1800
        self.enters(page, "colleague", self.form)
        expect(page.locator("#id_note")).to_have_value("")
        self.sees_no(page, "begynt å skrive", "onsdagsgruppa")
        page.locator(".fs-rail .fs-me summary").click()
        page.locator(".fs-rail").get_by_role("button", name="Logg ut").click()
        self.enters(page, "nurse", self.form)
        press(page, "Hent fram")
        expect(page.locator("#id_note")).to_have_value("Ringe om onsdagsgruppa")

    def test_without_javascript_a_form_sent_too_late_is_kept(self, no_js):
        self.enters(no_js, "nurse", self.form)
        says(no_js, "kan lagres til")
        no_js.locator("#id_note").fill("Ringe om onsdagsgruppa")
        no_js.locator("main input[name=kind]").first.check()
        with time_machine.travel(NOW + timedelta(minutes=40), tick=True):
            press(no_js, "Skriv oppgaven")
            says(no_js, "er tatt vare på")
            self.enters(no_js, "nurse", self.form)
            press(no_js, "Hent fram")
            expect(no_js.locator("#id_note")).to_have_value("Ringe om onsdagsgruppa")
