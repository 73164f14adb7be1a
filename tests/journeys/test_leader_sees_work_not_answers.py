"""A unit leader sees name, kind, deadline and holder of her own unit's tasks: no answer, no score, no note."""

from django.urls import reverse
from playwright.sync_api import expect

from fotspor.access.models import AuditEvent
from fotspor.instruments import actions as instruments
from fotspor.pathways.models import Contact
from tests.journeys.story import Story, says
from tests.journeys.world import NOW

HIGH = {f"epds{n:02}": 2 for n in range(1, 11)}  # 20 in all, with question 10
NOTE = "Hemmelig notat om samtalen"


class TestALeaderSeesWorkNotAnswers(Story):
    def test_her_unit_s_page(self):
        self.given_a_form_with_a_high_sum_and_a_note()
        self.when_the_leader_opens_her_day()
        self.then_she_sees_the_tasks_without_the_answers()
        self.then_the_form_and_the_contact_are_closed_to_her()
        self.then_her_look_is_logged_as_leadership()

    def given_a_form_with_a_high_sum_and_a_note(self):
        by, mother = self.world.viewer("nurse"), self.world.mother("six_weeks")
        self.contact = self.world.contact("six_weeks", "H-03")
        self.response = instruments.save_draft(
            subject=mother, informant_kind="mother", instrument="epds", answers=HIGH, answered_on=NOW.date(),
            contact=self.contact, journey=self.world.journey("six_weeks"), by=by, at=NOW,
        )  # fmt: skip
        instruments.sign(response=self.response, version=self.response.version, by=by, at=NOW)
        duty = self.response.duties.get(step="safety")
        instruments.record_outcome(duty=duty, outcome="declines", note=NOTE, by=by, at=NOW)

    def when_the_leader_opens_her_day(self):
        self.page = self.as_("leader")
        self.page.goto("/")
        expect(self.page).to_have_url(f"{self.window.base_url}{reverse('desk:unit')}")

    def then_she_sees_the_tasks_without_the_answers(self):
        says(self.page, "Varm Lyng")
        says(self.page, "Lita Lyng")
        content = self.page.locator("main").inner_text()
        assert "20" not in content.replace("2026", "")
        assert NOTE not in self.page.content()
        assert not self.page.locator("main .fs-score").count()
        self.looks_right(self.page)
        self.looks_right(self.page, "dark")

    def then_the_form_and_the_contact_are_closed_to_her(self):
        assert Contact.objects.filter(pk=self.contact.pk).exists()
        for name, key in (
            ("instruments:response", self.response.key),
            ("instruments:responses", self.world.mother("six_weeks").key),
            ("pathways:contact", self.contact.key),
            ("desk:child", self.world.journeys["six_weeks"].key),
        ):
            assert self.page.request.get(reverse(name, args=[key])).status == 404, name

    def then_her_look_is_logged_as_leadership(self):
        look = AuditEvent.objects.filter(type="desk.unit.listed", staff=self.world.staff["leader"].key).get()
        assert look.purpose == "leadership"
        assert self.world.mother("six_weeks").key in look.people
