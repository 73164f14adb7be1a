"""A kindergarten sees its own children's page, and reaches nothing of what health has written, by any address."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from fotspor.instruments import actions as instruments
from fotspor.instruments.models import Response
from fotspor.pathways.models import Contact, Handover
from fotspor.people.models import Person
from fotspor.worklist.models import Task
from tests.journeys.story import Story, says, title
from tests.journeys.world import NOW

ANSWERS = {f"epds{n:02}": 1 for n in range(1, 11)}
OWN_PLACES = {"/", "/barnehagen/", "/bekymret/", "/innstillinger/", "/tilgjengelighet/", "/hjelp/", "/sprak/",
              "/stilling/", "/konto/ut/", "/drift/si-fra/", "/drift/nytt/"}  # fmt: skip
OWN_SESSION = {"/okt/", "/okt/forleng/", "/las/", "/last/", "/innlogget/", "/innlogget/avslutt/"}  # everybody's own


class TestAKindergartenSeesItsOwn(Story):
    def test_no_address_of_the_nurse_s_leads_it_to_a_record(self, screen):
        self.screen = screen
        self.given_the_mother_has_answered_a_form_at_the_health_centre()
        self.given_the_nurse_has_walked_through_every_page_of_the_family()
        self.when_the_kindergarten_opens_its_own_page()
        self.then_it_sees_its_child_and_what_was_agreed_and_nothing_else()
        self.when_it_asks_for_every_address_the_nurse_used()
        self.then_each_answer_is_the_one_for_a_page_that_does_not_exist()

    def given_the_mother_has_answered_a_form_at_the_health_centre(self):
        self.mother, self.child = self.world.mother("kindergarten"), self.world.journey("kindergarten").child
        response = instruments.save_draft(
            subject=self.mother,
            informant_kind="mother",
            instrument="epds",
            answers=ANSWERS,
            answered_on=NOW.date(),
            journey=self.world.journey("kindergarten"),
            by=self.world.viewer("nurse"),
            at=NOW,
        )
        instruments.sign(response=response, version=response.version, by=self.world.viewer("nurse"), at=NOW)

    def given_the_nurse_has_walked_through_every_page_of_the_family(self):
        """Every link and every form's address a step out from the child's page, and every key there is."""
        page = self.as_("nurse")
        starts = [reverse("desk:child", args=[self.world.journeys["kindergarten"].key]), "/"]
        starts += [reverse("instruments:responses", args=[self.mother.key])]
        self.addresses, waiting = set(starts), [(start, 0) for start in starts]
        while waiting:
            address, depth = waiting.pop()
            found = page.request.get(address).text()
            for each in re.findall(r'(?:href|action|formaction|hx-post|hx-get)="(/[^"#?]*)', found):
                if each not in self.addresses and not each.startswith("/static/"):
                    self.addresses.add(each)
                    if depth < 1:
                        waiting.append((each, depth + 1))
        for key, names in self.keys():
            self.addresses |= {reverse(name, args=[key]) for name in names.split()}
        assert len(self.addresses) > 100

    def keys(self):
        """Every key of the family's, and the addresses that take such a key."""
        journey, family = self.world.journeys["kindergarten"], [self.mother, self.child]
        for person in family:
            yield person.key, "desk:person people:person people:person_change access:consents worklist:task_new"
            yield person.key, "instruments:responses"
        yield (
            journey.key,
            "desk:child desk:child_paper pathways:handover_new pathways:stop_new pathways:contact_new people:birth",
        )
        response = Response.objects.get(subject=self.mother)
        yield response.key, "instruments:response instruments:response_sheet instruments:response_correct"
        for duty in response.duties.all():
            yield duty.key, "instruments:duty"
        for contact in Contact.objects.filter(journey=journey):
            yield contact.key, "pathways:contact pathways:contact_record"
        for handover in Handover.objects.filter(journey=journey):
            yield handover.key, "pathways:handover"
        for task in Task.objects.filter(person__in=family):
            yield task.key, "worklist:task"

    def when_the_kindergarten_opens_its_own_page(self):
        self.page = self.as_("kindergarten", self.screen)
        self.page.goto("/")

    def then_it_sees_its_child_and_what_was_agreed_and_nothing_else(self):
        expect(self.page).to_have_url(re.compile(reverse("desk:kindergarten")))
        says(self.page, "Blid Furu")
        says(self.page, "Vi øver på å være i liten gruppe")
        self.looks_right(self.page)
        self.looks_right(self.page, "dark")
        links = self.page.locator("a[href^='/']").evaluate_all("all => all.map(a => new URL(a.href).pathname)")
        assert set(links) <= OWN_PLACES
        assert self.mother.given_name not in self.page.locator("main").inner_text()

    def when_it_asks_for_every_address_the_nurse_used(self):
        nothing = self.page.request.get(reverse("desk:child", args=["finnes-ikke-her1"]))
        self.missing = (nothing.status, self.without_noise(nothing.text()))
        assert nothing.status == 404
        self.answers = {
            address: self.page.request.get(address, max_redirects=0)
            for address in self.addresses
            if address not in OWN_PLACES | OWN_SESSION and not address.startswith("/konto/")
        }
        token = self.page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
        self.posted = {
            address: self.page.request.post(
                address,
                form={"csrfmiddlewaretoken": token, "once": f"k{number}", "reason": "Prøve"},
                headers={"Referer": self.page.url},
                max_redirects=0,
            )
            for number, address in enumerate(self.answers)
        }

    def then_each_answer_is_the_one_for_a_page_that_does_not_exist(self):
        names = {Person.objects.get(pk=p.pk).given_name for p in (self.mother, self.child)} | {"EPDS"}
        for address, answer in self.answers.items():
            assert answer.status in {404, 405}, address
            assert not [name for name in names if name in answer.text()], address
            if answer.status == 404:
                assert self.without_noise(answer.text()) == self.missing[1], address
        for address, answer in self.posted.items():
            assert answer.status in {404, 405}, f"POST {address}"
        self.page.goto(reverse("instruments:responses", args=[self.mother.key]))
        expect(title(self.page)).to_be_visible()
        self.looks_right(self.page)

    def without_noise(self, text: str) -> str:
        """A page without its tokens, its own address in the language form, and the seconds that are left."""
        return re.sub(r'(value|content|hx-headers|data-[a-z-]*seconds)=("[^"]*"|\'[^\']*\')', "", text)
