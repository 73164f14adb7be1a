"""The pages that no link leads to: a press of a button, a token or a sign-in comes before.

Each is held to what every page is held to, at full width and on a phone. `BEHIND` says which test opens which.
"""

from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import resolve, reverse

from fotspor.instruments import actions as instruments
from fotspor.people import actions as people
from fotspor.people import identifiers
from fotspor.people.models import Person
from fotspor.services import actions as services
from fotspor.services.models import Membership
from tests.journeys.story import Story, press, says, strange_words, title
from tests.journeys.world import NOW, TODAY, day

BEHIND = {
    "test_the_door": "account_login services:demo_sign_in",
    "test_from_a_new_link_to_ones_own_account": """services:staff_link services:invitation account_login
        mfa_activate_totp mfa_view_recovery_codes services:recovery_codes_paper
        mfa_generate_recovery_codes account_logout mfa_authenticate
        account_reauthenticate mfa_reauthenticate account_change_password services:no_post""",
    "test_what_is_found_by_typing": "desk:search_found people:take_in_found people:merge",
    "test_what_goes_to_paper": "desk:day_paper desk:child_paper instruments:response_sheet instruments:letter",
    "test_the_log_of_one_person_goes_to_paper": "access:who_has_looked_print",
    "test_who_is_named_in_the_kindergarten": "pathways:kindergarten_staff",
}
PASSWORD = "en lang setning om fjorden"


class TestPagesBehindAPress(Story):
    @pytest.fixture(autouse=True)
    def _each_is_opened(self, request, _stage):
        self.opened = set()
        yield
        if request.node.originalname in BEHIND:
            assert set(BEHIND[request.node.originalname].split()) <= self.opened

    def sees(self, name, *, scheme="light"):
        """The page with that name stands there, and nothing is wrong with it; the first time on a phone too."""
        page = self.page
        assert resolve(urlsplit(page.url).path).view_name == name
        assert title(page).count() == 1, page.url
        assert strange_words(page, "nb") == [], page.url
        self.looks_right(page, scheme)
        if name not in self.opened:
            page.set_viewport_size({"width": 390, "height": 844})
            self.looks_right(page, scheme)
            page.set_viewport_size({"width": 1440, "height": 900})
        self.opened.add(name)

    def goes_to(self, name, *args):
        self.page.goto(reverse(name, args=args))

    def sends(self):
        """Press the button that sends the page's form."""
        self.page.locator("main form[method=post] button[type=submit]").first.click()

    # --- the door ---------------------------------------------------------------------------------------------

    def test_the_door(self, page):
        self.page = page
        for name in ("account_login", "services:demo_sign_in"):
            page.goto(f"{reverse(name)}?password=1")
            self.sees(name)
            self.looks_right(page, "dark")
        self.as_("nurse", page)
        self.goes_to("services:settings")
        self.looks_right(page, "dark")

    def test_from_a_new_link_to_ones_own_account(self):
        self.given_an_administrator_makes_a_link_for("colleague")
        self.when_the_password_is_chosen_by_the_link()
        self.when_she_sets_up_codes()
        self.when_she_signs_in_with_a_code()
        self.then_she_is_asked_again_who_she_is()
        self.then_the_password_can_be_changed()
        self.then_without_a_post_she_is_told_so()

    def given_an_administrator_makes_a_link_for(self, who):
        self.hers = self.world.staff[who]
        self.page = self.as_("administrator")
        self.goes_to("services:staff_reset", self.hers.key)
        self.page.locator("#id_identity_checked_how").fill("Møtte henne og så passet hennes.")
        self.sends()
        self.sees("services:staff_link")
        self.link = urlsplit(self.page.get_by_label("Lenken").input_value()).path
        self.page.reload()
        self.sees("services:staff_link")

    def when_the_password_is_chosen_by_the_link(self):
        self.page = self.window.open()
        self.page.goto(self.link)
        self.sees("services:invitation")
        self.page.locator("#id_password").fill(PASSWORD)
        self.page.locator("#id_again").fill(PASSWORD)
        self.sends()
        self.page.goto(self.link)
        self.sees("services:invitation")

    def when_she_sets_up_codes(self):
        self.goes_in_with("feil passord, men langt nok")
        self.sees("account_login")
        self.goes_in_with(PASSWORD)
        self.page.wait_for_url("/")
        self.goes_to("mfa_activate_totp")
        self.sees("mfa_activate_totp")
        for _try in range(2):  # a code may run out between its making and the press
            if self.page.locator("#secret").count():
                secret = self.page.locator("#secret").input_value()
                [counter] = totp.yield_hotp_counters_from_time()
                self.page.locator("#id_code").fill(totp.format_hotp_value(totp.hotp_value(secret, counter)))
                self.sends()
        self.sees("mfa_view_recovery_codes")
        self.reserve = self.page.locator("main kbd").first.inner_text()
        press(self.page, "Skriv ut kodene")
        self.sees("services:recovery_codes_paper")

    def when_she_signs_in_with_a_code(self):
        self.goes_to("account_logout")
        self.sees("account_logout")
        self.sends()
        self.goes_in_with(PASSWORD)
        self.sees("mfa_authenticate")
        for code in ("000000", self.reserve):
            self.page.locator("#id_code").fill(code)
            self.sends()
        self.page.wait_for_url("/")
        self.goes_to("mfa_generate_recovery_codes")
        self.sees("mfa_generate_recovery_codes")

    def goes_in_with(self, password):
        self.page.goto(f"{reverse('account_login')}?password=1")
        self.page.locator("#id_login").fill(self.hers.email)
        self.page.locator("#id_password").fill(password)
        self.sends()

    def then_she_is_asked_again_who_she_is(self):
        for name, field in (("account_reauthenticate", "#id_password"), ("mfa_reauthenticate", "#id_code")):
            self.goes_to(name)
            self.page.locator(field).fill("000000")
            self.sends()
            self.sees(name)

    def then_the_password_can_be_changed(self):
        self.goes_to("account_change_password")
        self.sends()
        self.sees("account_change_password")

    def then_without_a_post_she_is_told_so(self):
        for post in Membership.objects.filter(staff=self.hers):
            services.end_membership(membership=post, until_on=TODAY, by=self.world.viewer("administrator"), at=NOW)
        self.page.goto("/")
        self.sees("services:no_post")

    # --- found by typing --------------------------------------------------------------------------------------

    def test_what_is_found_by_typing(self):
        self.given_an_entry_too_many()
        self.page = self.as_("nurse")
        self.page.goto("/")
        self.page.locator("#search").fill("lyng")
        self.page.keyboard.press("Enter")
        self.page.locator("#hits").wait_for()
        self.sees("desk:search_found")
        self.goes_to("people:take_in")
        self.page.locator("#id_number").fill(self.world.numbers["expecting"])
        self.sends()
        self.sees("people:take_in_found")
        self.goes_to("people:merge_choose", self.world.mother("six_weeks").key)
        self.page.locator("#id_number").fill(self.number)
        self.sends()
        self.sees("people:merge")
        self.sends()
        self.sees("people:merge")

    def given_an_entry_too_many(self):
        born_on = self.world.mother("six_weeks").born_on
        self.number = list(identifiers.synthetic_numbers(born_on))[1]
        people.register_person(
            given_name="Varm", family_name="Lyng", born_on=born_on, sex="female", number=self.number,
            by=self.world.viewer("nurse"), at=day(-1),
        )  # fmt: skip

    # --- paper ------------------------------------------------------------------------------------------------

    def test_what_goes_to_paper(self):
        by, mother = self.world.viewer("nurse"), self.world.mother("six_weeks")
        response = instruments.save_draft(
            subject=mother, informant_kind="mother", instrument="epds",
            answers={f"epds{n:02}": 1 for n in range(1, 11)}, answered_on=TODAY,
            journey=self.world.journey("six_weeks"), by=by, at=NOW,
        )  # fmt: skip
        instruments.sign(response=response, version=response.version, by=by, at=NOW)
        self.page = self.as_("nurse")
        self.prints("desk:day", sheet="desk:day_paper")
        self.prints("desk:child", self.world.journeys["six_weeks"].key, sheet="desk:child_paper")
        self.prints("instruments:response", response.key, sheet="instruments:response_sheet")
        letter = response.duties.get(step="letter")
        instruments.record_outcome(duty=letter, outcome="asked_yes_not_sent", by=by, at=NOW)
        self.prints("instruments:duty", letter.key, sheet="instruments:letter")

    def prints(self, name, *args, sheet):
        self.page.add_init_script("window.print = () => {}")
        self.goes_to(name, *args)
        self.page.locator("main form[action*='skriv-ut'] button").first.click()
        self.page.locator("[data-print]").wait_for(state="attached")
        self.sees(sheet)

    def test_the_log_of_one_person_goes_to_paper(self):
        mother = self.world.mother("expecting")
        midwife = self.as_("midwife")
        midwife.goto(reverse("people:person", args=[mother.key]))
        self.page = self.as_("officer")
        self.page.add_init_script("window.print = () => {}")
        self.goes_to("access:who_has_looked")
        self.page.locator("#id_number").fill(self.world.numbers["expecting"])
        press(self.page, "Vis hvem som har sett")
        says(self.page, "Stødig Bekk")
        self.page.locator("main form[action*='utskrift'] button").click()
        self.page.locator("[data-print]").wait_for(state="attached")
        self.sees("access:who_has_looked_print")

    def test_the_menus_on_a_phone(self):
        self.page = self.as_("leader", self.window.open(390, 844))
        self.goes_to("services:settings")
        self.looks_right(self.page)
        menus = self.page.locator("details[data-closes]:visible")
        for number in range(menus.count()):
            menus.nth(number).locator("summary").first.click()
            found = self.page.evaluate("async () => (await axe.run('details[data-closes][open]')).violations")
            assert [each["id"] for each in found] == []
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0
            self.page.keyboard.press("Escape")
        assert menus.count() >= 1

    # --- pages that are not there -----------------------------------------------------------------------------

    @pytest.mark.parametrize("who", ["nurse", "kindergarten"])
    def test_a_page_that_does_not_exist(self, who):
        page = self.as_(who)
        answer = page.goto(reverse("desk:child", args=["finnes-ikke-her1"]))
        assert answer.status == 404
        self.looks_right(page)

    # --- a protected child ------------------------------------------------------------------------------------

    def test_who_is_named_in_the_kindergarten(self):
        journey = self.world.journey("kindergarten")
        gone = {"street": "", "postcode": "", "city": "", "household": ""}
        Person.objects.filter(pk=journey.child_id).update(protection="confidential", **gone)
        self.page = self.as_("nurse")
        self.goes_to("pathways:kindergarten_staff", journey.key)
        self.sees("pathways:kindergarten_staff")
