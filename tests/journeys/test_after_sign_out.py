"""After signing out nothing is left in the browser, and a form sent twice is saved once."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from fotspor.people.models import Person
from fotspor.worklist.models import Task
from tests.journeys.story import Story, title


class TestAfterSignOut(Story):
    def test_back_shows_nothing(self):
        page = self.as_("nurse")
        page.goto(reverse("desk:child", args=[self.world.journeys["six_weeks"].key]))
        expect(title(page)).to_contain_text("Lita Lyng")
        page.locator(".fs-rail .fs-me summary").click()
        page.get_by_role("button", name="Logg ut").first.click()
        expect(page).to_have_url(re.compile("/konto/inn/"))
        self.looks_right(page)
        page.go_back()
        expect(page.locator("h1")).to_be_visible()
        assert "Lyng" not in page.content()
        page.goto(reverse("desk:child", args=[self.world.journeys["six_weeks"].key]))
        expect(page).to_have_url(re.compile("/konto/inn/"))

    def test_a_form_sent_twice_is_saved_once(self):
        page, mother = self.as_("nurse"), self.world.mother("six_weeks")
        page.goto(reverse("worklist:task_new", args=[mother.key]))
        self.looks_right(page)
        page.locator("main input[name=kind]").first.check()
        page.locator("#id_note").fill("Ringe om onsdagsgruppa")
        form = page.locator("main form").evaluate("form => Object.fromEntries(new FormData(form))")
        page.locator("main form button[type=submit]").first.click()
        expect(page.locator(".fs-toast, [role=status]").first).to_be_visible()
        before = Task.objects.count()
        assert Task.objects.filter(source=Task.Source.TYPED, person=mother).count() == 1
        again = page.request.post(
            reverse("worklist:task_new", args=[mother.key]),
            form=form,
            headers={"Referer": self.window.base_url},
        )
        assert again.ok
        assert "lagret én gang" in again.text()
        assert Task.objects.count() == before

    def test_two_presses_in_a_row_register_one_person(self):
        page = self.as_("midwife")
        page.goto(f"{reverse('people:person_new')}?kind=adult")
        page.locator("#id_given_name").fill("Dobbel")
        page.locator("#id_family_name").fill("Trykk")
        page.locator("#id_born_on").fill("1990-01-01")
        page.locator("input[name=sex]").first.check()
        page.locator("main form .fs-actions button").first.dblclick()
        expect(title(page)).to_contain_text("Dobbel Trykk")
        assert Person.objects.filter(given_name="Dobbel").count() == 1
