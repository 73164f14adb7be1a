"""From an empty database and a code to an installation with a district, units, staff from a file and EPDS approved."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from fotspor.access.rules import SYSTEM
from fotspor.kit.identifiers import synthetic_numbers
from fotspor.services import actions
from fotspor.services.models import Staff
from tests.journeys.story import press, says, strange_words, title
from tests.journeys.world import NOW

PASSWORD = "en lang setning om fjorden"
NUMBERS = list(synthetic_numbers(date(1985, 3, 4)))
HEADS = "fornavn;etternavn;e-post;tittel;fødselsnummer;enhet;rolle;fra"
STAFF = f"""{HEADS}
Varm;Hånd;varm.hand@fjordvik.example;Jordmor;{NUMBERS[0]};Jordmortjenesten;Jordmor;
Stødig;Bekk;stodig.bekk@fjordvik.example;Leder;{NUMBERS[1]};Jordmortjenesten;Enhetsleder;
Rolig;Dal;rolig.dal@fjordvik.example;Helsesykepleier;{NUMBERS[2]};Sentrum helsestasjon;Helsesykepleier;01.12.2026
Klar;Li;klar.li@fjordvik.example;Leder;{NUMBERS[3]};Sentrum helsestasjon;Enhetsleder;
Vakt;Som;vakt.som@fjordvik.example;Rådgiver;{NUMBERS[4]};Administrasjonen;Personvernombud;
"""


class TestTheFirstWeek:
    @pytest.fixture(autouse=True)
    def _stage(self, live_server, window, looks_right):
        self.looks_right, self.page = looks_right, window.open()
        with time_machine.travel(NOW, tick=True):
            yield

    def test_from_a_code_to_an_installation_at_work(self):
        self.given_a_code_from_the_server()
        self.when_the_first_page_is_filled_in()
        self.then_the_installation_says_what_is_missing()
        self.when_a_district_and_its_units_are_made()
        self.when_staff_are_taken_in_from_a_file()
        self.then_each_has_a_link_that_is_shown_once()
        self.when_epds_is_approved()
        self.then_less_is_missing()

    def sees(self, address):
        """The page at that address, right at both widths, in bokmål alone."""
        expect(self.page).to_have_url(re.compile(f"{re.escape(address)}$"))
        assert strange_words(self.page, "nb") == []
        self.looks_right(self.page)
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.looks_right(self.page)
        self.page.set_viewport_size({"width": 1440, "height": 900})

    def fill(self, **typed):
        for name, text in typed.items():
            self.page.locator(f"#id_{name}").fill(text)

    def done(self, count):
        says(self.page, f"{count} av 15 er ferdige")

    def given_a_code_from_the_server(self):
        assert self.page.goto(reverse("services:setup")).status == 404, "there is no such page before a code is made"
        self.code = actions.make_setup_code(by=SYSTEM, at=NOW)

    def when_the_first_page_is_filled_in(self):
        self.page.goto(reverse("services:setup"))
        self.sees(reverse("services:setup"))
        self.fill(code="AAAA-BBBB-CCCC-DDDD", municipality="Fjordvik", number="4999")
        self.fill(given_name="Ryddig", family_name="Stein", email="ryddig.stein@fjordvik.example")
        self.fill(password=PASSWORD, again=PASSWORD)
        press(self.page, "Sett opp")
        says(self.page, "Koden kan ikke brukes")
        self.sees(reverse("services:setup"))
        self.fill(code=self.code.lower(), password=PASSWORD, again=PASSWORD)
        press(self.page, "Sett opp")

    def then_the_installation_says_what_is_missing(self):
        self.sees(reverse("operation:status"))
        says(self.page, "Dette mangler")
        self.done(1)

    def when_a_district_and_its_units_are_made(self):
        press(self.page, "Minst én bydel")
        press(self.page, "Ny bydel")
        self.fill(code="499901", name="Sentrum")
        self.page.locator("main form .fs-actions button").first.click()
        for kind, name in (("health_station", "Sentrum helsestasjon"), ("midwifery", "Jordmortjenesten")):
            self.page.goto(reverse("services:unit_new"))
            self.page.locator("#id_kind").select_option(kind)
            self.fill(name=name, opens_at_time="07:30", closes_at_time="15:00")
            self.page.get_by_label("Sentrum", exact=True).check()
            self.page.locator("main form .fs-actions button").first.click()
            expect(title(self.page)).to_have_text(name)

    def when_staff_are_taken_in_from_a_file(self):
        self.page.goto(reverse("operation:status"))
        self.done(4)
        press(self.page, "Ansatte", exact=True)
        self.sees(reverse("services:staff_import"))
        self.looks_at(STAFF.replace("Rolig;Dal", "Rolig;").replace("Jordmortjenesten;Jordmor;", "Jordmødrene;Jordmor;"))
        says(self.page, "Ingen enhet heter dette")
        self.sees(reverse("services:staff_import"))
        press(self.page, "Velg en annen fil")
        self.looks_at(STAFF)
        says(self.page, "Nye: 5")
        self.sees(reverse("services:staff_import"))
        press(self.page, "Ta inn filen")

    def looks_at(self, text):
        file = {"name": "ansatte.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
        self.page.locator("#id_file").set_input_files(file)
        press(self.page, "Se på filen")

    def then_each_has_a_link_that_is_shown_once(self):
        self.sees(reverse("services:staff_links"))
        expect(self.page.locator("main code")).to_have_count(5)
        self.page.reload()
        says(self.page, "Lenkene er vist")
        self.sees(reverse("services:staff_links"))
        assert Staff.objects.count() == 6

    def when_epds_is_approved(self):
        self.page.goto(reverse("instruments:definition", args=["instrument", "epds"]))
        self.page.locator("#id_has_read").check()
        press(self.page, "Godkjenn", exact=True)
        says(self.page, "Godkjent under navnet ditt.")

    def then_less_is_missing(self):
        self.page.goto(reverse("operation:status"))
        self.done(9)  # the nurse begins in a week; register, routine, pathways and copies are left
        self.sees(reverse("operation:status"))
