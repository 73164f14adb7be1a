"""Each role follows every link it is shown: no page has a finding of axe, two headings, or scrolls sideways.

A page that no role can reach by pressing, and an address that is not in the table, fail.
"""

import os
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, get_resolver, resolve, reverse

from fotspor.access import actions as access
from fotspor.access.rules import Decision, Purpose
from fotspor.config import limits
from fotspor.instruments import actions as instruments
from fotspor.operation import actions as operation
from fotspor.pathways import actions as pathways
from fotspor.pathways.actions import register_import as register
from fotspor.pathways.queries import register_imports
from fotspor.pathways.tests.register_world import FAMILY
from fotspor.pathways.tests.test_register_rules import as_csv, cells
from fotspor.people import actions as people
from fotspor.services import actions as services
from fotspor.services.models import Unit
from fotspor.worklist.actions import type_task
from tests.journeys import comforts
from tests.journeys.story import Story, strange_words
from tests.journeys.test_pages_behind_a_press import BEHIND
from tests.journeys.world import NOW, TODAY, day

# Who must come to which page by following links from where the day begins.
REACHED = {
    "nurse": """pathways:kindergarten pathways:journey_close desk:person_colleagues
        desk:day desk:people desk:child desk:person desk:concern services:settings kit:accessibility
        people:person people:person_new people:take_in people:person_change people:person_move people:person_death
        people:birth_correct people:guardian_new people:guardian_end people:adoption people:merge_choose
        pathways:death_undo pathways:move_undo
        worklist:task worklist:task_new worklist:task_write
        pathways:calendar pathways:group_new pathways:group pathways:contact
        pathways:kindergarten pathways:journey_close
        pathways:contact_new pathways:contact_book pathways:contact_record pathways:contact_absent
        pathways:contact_answer pathways:absence_take_back pathways:contact_reopen pathways:pregnancy_new
        pathways:batons pathways:handover pathways:kindergarten_staff
        pathways:handover_to_leader pathways:handover_new pathways:stop_new pathways:stop instruments:responses
        instruments:response_new instruments:response instruments:response_correct instruments:response_withdraw
        instruments:summary_release instruments:duty access:consents access:emergencies access:break_glass desk:search
        mfa_activate_totp mfa_add_webauthn services:sessions kit:help operation:say operation:news""",
    "midwife": "people:birth people:loss people:due_correct",
    "nurse_elsewhere": "pathways:handover_decline",
    "leader": """desk:unit desk:name_colleagues desk:figures services:colleagues services:colleague
        services:colleague_absence_new services:colleague_absence_end access:who_has_looked pathways:batons
        worklist:task instruments:distribution pathways:handover_redirect pathways:unassigned_assign
        pathways:journey_closed pathways:journey_undo""",
    "administrator": """operation:status operation:message services:units services:unit services:unit_new
        services:unit_change services:unit_close services:districts services:district_new
        services:district_change services:municipality services:staff_list services:staff_import
        services:staff services:staff_new services:staff_change services:staff_reset services:staff_leave
        pathways:register_imports pathways:register_import services:post_new services:post_end
        services:staff_absence_new services:staff_absence_end instruments:definitions instruments:definition""",
    "officer": """access:who_has_looked access:emergencies access:roles access:reviews access:review_list
        access:look_review access:processing""",
    "director": "desk:figures instruments:distribution",
    "kindergarten": "desk:kindergarten desk:concern",
}
# The others: opened by `test_pages_behind_a_press`, or here with the reason why not.
ELSEWHERE = {
    "kit:gallery": "test_gallery opens it, at each width and in each scheme",
    "services:setup": "there is none once somebody keeps the house: test_first_week opens it",
    "services:staff_links": "is shown once, after a file: test_first_week opens it",
    "desk:day_task": "shows nothing itself: leads on to the task, or back to the day's page",
    "instruments:withdrawal": "test_withdrawals opens it: only where no colleague may see why an alarm was withdrawn",
    "healthz": "is no page: a machine asks whether the pages can be served",
    "mfa_login_webauthn": "is no page: test_passkeys sends it",
    "mfa_reauthenticate_webauthn": "test_passkeys opens it",
    "mfa_remove_webauthn": "test_passkeys opens it",
    "pathways:loss_undo": "test_losses opens it: only where a pregnancy has ended, and for her midwives alone",
    "services:locked": "test_shared_room opens it: a screen that was locked",
    "services:unlock_by_passkey": "is no page: test_passkeys sends it",
    "services:session_left": "is no page: tells the script how long the session goes on",
    "desk:day_taken": "is no page: tells the day's page which rows to ask about again",
}
POSTED = """desk:day_print desk:child_print services:choose_post services:staff_import_apply
    services:recovery_codes_print services:staff_invite access:emergency_second
    worklist:task_finish worklist:task_assign instruments:response_draft instruments:response_sign
    instruments:response_print instruments:summary_withdraw instruments:duty_withdraw instruments:duty_confirm
    instruments:response_start instruments:duty_take_back instruments:letter_print
    pathways:contact_unbook pathways:handover_accept pathways:handover_withdraw pathways:handover_keep
    pathways:baton_confirm pathways:register_import_apply pathways:register_proposal access:consent_withdraw
    services:session_stay services:sessions_end services:lock services:draft_keep services:draft_fetch
    services:draft_discard kit:language access:who_has_looked_file desk:people_file desk:unit_file desk:figures_file"""
ITS_OWN_HELP = {"kit:help", "mfa_add_webauthn"}  # one is all the help there is; the other says it in its own text
MAIN = {"desk:day", "desk:child", "instruments:response", "pathways:batons", "pathways:calendar"}
EVERYTHING = os.environ.get("FOTSPOR_TEST_ALL") == "1"
EACH = 3 if EVERYTHING else 1  # so many pages of each kind
STATES = {
    "instruments:response": 3,
    "pathways:contact": 3,
    "access:review_list": 5,
    "desk:child": 2,
    "people:person": 4,  # one of them has died, and one is grown up
    "instruments:duty": 2,
    "pathways:handover": 3,
}  # and of these


def names():
    """Every address of the house by name."""
    for pattern in get_resolver().url_patterns:
        for each in getattr(pattern, "url_patterns", [pattern]):
            spaced = getattr(each, "url_patterns", None)
            if spaced is not None:
                yield from (f"{each.namespace}:{inner.name}" for inner in spaced)
            else:
                yield f"{pattern.namespace}:{each.name}" if getattr(pattern, "namespace", None) else each.name


def test_every_address_is_in_the_table():
    listed = {name for text in REACHED.values() for name in text.split()}
    listed |= {name for text in BEHIND.values() for name in text.split()}
    listed |= {*ELSEWHERE, *POSTED.split()}
    assert set(names()) == listed


def furnish(world):
    """Something in every drawer: forms, an alarm, a group, a stop, an absence, a baton of each kind."""
    nurse, journey, mother = world.viewer("nurse"), world.journey("six_weeks"), world.mother("six_weeks")
    contact = world.contact("six_weeks", "H-02")
    for missed_on in (contact.opens_on, contact.closes_on):
        pathways.mark_absent(
            contact=contact, version=contact.version, missed_on=missed_on, reason=pathways.NOT_KNOWN, by=nurse, at=NOW
        )  # fmt: skip
        contact.refresh_from_db()
    held = world.contact("six_weeks", "H-01")
    pathways.record_contact(
        contact=held, version=held.version, outcome="held", outcome_on=day(-34).date(), late_reason="",
        reason="", note="", by=nurse, at=day(-34),
    )  # fmt: skip
    for points in (2, 0):
        response = instruments.save_draft(
            subject=mother, informant_kind="mother", instrument="epds",
            answers={f"epds{n:02}": points for n in range(1, 11)}, answered_on=TODAY, journey=journey,
            contact=world.contact("six_weeks", "H-03") if points else None, by=nurse, at=NOW,
        )  # fmt: skip
        if not points:
            instruments.sign(response=response, version=response.version, by=nurse, at=NOW)
    operation.tell(text="Kalenderen viste feil uke.", page="pathways:calendar", by=nurse, at=NOW)
    outside = Unit.objects.filter(signs_in=False)[0]
    pathways.add_stop(
        journey=journey, unit_id=outside.pk, reason="Hofteundersøkelse", from_on=TODAY, due_on=day(20).date(), by=nurse,
        at=NOW,
    )  # fmt: skip
    services.record_absence(
        staff=world.staff["colleague"], substitute=world.staff["nurse"], from_on=TODAY, until_on=day(4).date(),
        by=world.viewer("leader"), at=NOW,
    )  # fmt: skip
    pathways.send_to_leader(handover=world.handovers["newborn"], reason="Vi er for få denne uka", by=nurse, at=NOW)
    nowhere = people.register_person(
        given_name="Uten", family_name="Bydel", born_on=day(-400).date(), sex="male", by=nurse, at=NOW
    )
    people.open_child_journey(child=nowhere, opened_on=TODAY, by=nurse, at=NOW)
    hidden = people.register_person(
        given_name="Skjult", family_name="Tindved", born_on=day(-100).date(), sex="male", protection="strict",
        by=nurse, at=NOW,
    )  # fmt: skip
    world.journeys["hidden"] = people.open_child_journey(child=hidden, opened_on=TODAY, by=nurse, at=NOW)
    pathways.enrol_in_kindergarten(
        journey=world.journeys["hidden"], unit=world.unit("kindergarten"), from_on=TODAY, by=nurse, at=NOW
    )
    yes = Decision(allowed=True, basis="named")
    access.log_read(viewer=nurse, person_key=hidden.key, purpose=Purpose.CARE, decision=yes, at=NOW)
    wrong = people.register_person(
        given_name="Feil", family_name="Tindved", born_on=day(-90).date(), sex="male", by=nurse, at=NOW
    )
    pathways.close_by_mistake(
        journey=people.open_child_journey(child=wrong, opened_on=TODAY, by=nurse, at=NOW),
        reason="Registrert to ganger", by=nurse, at=NOW,
    )  # fmt: skip
    gone = people.register_person(
        given_name="Borte", family_name="Tindved", born_on=day(-80).date(), sex="male", by=nurse, at=NOW
    )
    world.journeys["gone"] = people.open_child_journey(child=gone, opened_on=TODAY, by=nurse, at=NOW)
    people.record_death(person=gone, died_on=TODAY, by=nurse, at=NOW)
    away = people.register_person(
        given_name="Fjern", family_name="Tindved", born_on=day(-70).date(), sex="male", by=nurse, at=NOW
    )
    world.journeys["away"] = people.open_child_journey(child=away, opened_on=TODAY, by=nurse, at=NOW)
    people.record_move(
        person=away, home=people.Home("Ute 1", "0150", "Oslo"), moved_on=TODAY, outside=True, by=nurse, at=NOW
    )
    unknown = people.register_person(
        given_name="Taus", family_name="Tindved", born_on=day(-200).date(), sex="female", protection="strict",
        by=nurse, at=NOW,
    )  # fmt: skip
    people.open_child_journey(child=unknown, opened_on=TODAY, by=nurse, at=NOW)
    type_task(kind="call", note="", person=unknown, due_on=TODAY, staff_id=None, by=nurse, at=NOW)
    access.end_relations(person_id=unknown.pk, by=nurse, at=NOW)
    register.stage_register(
        content=as_csv(*FAMILY, cells(identity_number="1")), file_name="uttrekk.csv",
        layout=register_imports.default_layout(), rows=3, by=world.viewer("administrator"), at=NOW,
    )  # fmt: skip
    pathways.hand_over(
        journey=world.journey("expecting"), to_unit_id=nurse.unit_id, reason="Plan før fødsel", summary="",
        by=world.viewer("midwife"), at=NOW,
    )  # fmt: skip
    pathways.hand_over(
        journey=journey, to_unit_id=world.unit("nurse_elsewhere").pk, reason="Flytter", summary="", by=nurse, at=NOW
    )
    pathways.plan_group(
        title="Barselgruppe", held_on=TODAY, starts_at=NOW.time(), place="Sal 2", leader_id=nurse.staff_id,
        contacts=[world.contact("six_weeks", "H-05")], confirmed=True, by=nurse, at=NOW,
    )  # fmt: skip
    type_task(kind="call", note="Ringe om onsdagsgruppa", person=mother, due_on=TODAY, staff_id=None, by=nurse, at=NOW)


class Walk(Story):
    """One role, from where the day begins, along every link, never too fast for the house."""

    @pytest.fixture(autouse=True)
    def _rates(self, settings):
        settings.RATES = dict(limits.RATES)

    def walk(self, who, *starts):
        self.page, self.visited, self.said, self.helpless = self.as_(who), Counter(), {}, []
        self.bare, self.bears = self.as_(who, java_script_enabled=False), []
        waiting, seen = ["/", *starts], set()
        while waiting:
            address = waiting.pop(0)
            name = self.name_of(address)
            if (
                name is None
                or address in seen
                or self.visited[name] >= STATES.get(name, EACH)
                or name in POSTED.split()
            ):
                continue
            seen.add(address)
            answer = self.page.goto(address)
            assert answer.status == 200, f"{who}: {address} answered {answer.status}"
            arrived = self.name_of(urlsplit(self.page.url).path)
            self.visited[arrived] += 1
            if self.visited[arrived] > STATES.get(arrived, EACH):
                continue  # another way to a page that has been looked at
            self.check(arrived)
            links = self.page.locator("a[href^='/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
            waiting += [each.split("#")[0] for each in links]
        assert self.said == {}, "English or nynorsk on a page in bokmål"
        assert self.helpless == [], "a page without its help"
        assert not self.bears, "\n".join(self.bears)
        missing = set(REACHED.get(who, "").split()) - set(self.visited)
        assert not missing, f"{who} finds no way to {sorted(missing)}"

    def name_of(self, address):
        try:
            return resolve(urlsplit(address).path).view_name
        except Resolver404:
            return None

    def check(self, name):
        assert self.page.locator("h1").count() == 1, self.page.url
        if words := strange_words(self.page, "nb"):
            self.said[self.page.url] = words
        self.looks_right(self.page)
        helped = self.page.locator(".fs-help .fs-why__body").all_text_contents()
        if name not in ITS_OWN_HELP and not any(text.strip() for text in helped):
            self.helpless.append(self.page.url)
        schemes = ("light", "dark") if name in MAIN or EVERYTHING else ()
        for width in (390, 320):
            self.page.set_viewport_size({"width": width, "height": 844})
            for scheme in schemes:
                self.looks_right(self.page, scheme)
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{self.page.url} scrolls {wide} px sideways at {width}"
        self.page.set_viewport_size({"width": 1440, "height": 900})
        if EVERYTHING:
            self.bears += [f"{name}: {each}" for each in self.lacks()]

    def lacks(self):
        """What this page does not bear; asked at last, for the page is left changed."""
        page = self.page
        found = [*comforts.enlarged(page), *comforts.own_colours(page), *comforts.on_paper(page)]
        return [*found, *comforts.by_keyboard(page), *comforts.without_scripts(self.bare, page.url)]


class TestTheNursesPages(Walk):
    def test_every_link_of_a_nurse(self):
        furnish(self.world)
        held = reverse("pathways:contact", args=[self.world.contact("six_weeks", "H-01").key])
        ours = self.world.journey("kindergarten")
        agreed = reverse("access:consents", args=[ours.child.key])
        children = [reverse("desk:child", args=[key]) for key in (ours.key, self.world.journeys["hidden"].key)]
        taken_back = reverse("pathways:death_undo", args=[self.world.journeys["gone"].child.key])
        stayed = reverse("pathways:move_undo", args=[self.world.journeys["away"].child.key])
        self.walk("nurse", held, agreed, taken_back, stayed, *children)


class TestTheMidwifesPages(Walk):
    def test_every_link_of_a_midwife(self):
        furnish(self.world)
        self.walk("midwife", reverse("people:person", args=[self.world.mother("expecting").key]))


class TestTheOthersPages(Walk):
    @pytest.mark.parametrize("who", ["leader", "officer", "director", "kindergarten", "nurse_elsewhere"])
    def test_every_link_of(self, who):
        furnish(self.world)
        self.walk(who)


class TestTheAdministratorsPages(Walk):
    def test_every_link_of_an_administrator(self):
        furnish(self.world)
        self.walk("administrator", reverse("services:staff", args=[self.world.staff["colleague"].key]))
