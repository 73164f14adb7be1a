"""Staff from a file: looked at, taken in whole or not at all, and the links shown once."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fotspor.kit.identifiers import synthetic_numbers
from fotspor.services import actions, queries
from fotspor.services.models import Invitation, Membership, Staff
from fotspor.services.tests.builders import AT, TODAY, events, viewer_of

pytestmark = pytest.mark.django_db
HEADS = "fornavn;etternavn;e-post;tittel;fødselsnummer;enhet;rolle;fra"
NUMBERS = list(synthetic_numbers(date(1985, 3, 4)))[:3]
NEW = [
    f"Ny;Nurse;ny.nurse@fjordvik.example;Helsesykepleier;{NUMBERS[0]};Granby helsestasjon;Helsesykepleier;01.12.2026",
    f"Ny;Jordmor;ny.jordmor@fjordvik.example;Jordmor;{NUMBERS[1]};Jordmortjenesten;Jordmor;",
]
KNOWN = "Annet;Navn;rolig.dal@example.org;Annen tittel;;Granby helsestasjon;Enhetsleder;"


def file_of(*lines):
    return ("\n".join([HEADS, *lines]) + "\n").encode()


def take(admin, *lines):
    return actions.take_in_staff(content=file_of(*lines), by=admin, at=AT)


def test_those_who_are_new_get_a_post_and_a_link_each(town, admin):
    done = take(admin, *NEW)
    assert (len(done.links), done.posts, done.same) == (2, 0, 0)
    nurse = Staff.objects.get(email="ny.nurse@fjordvik.example")
    post = Membership.objects.get(staff=nurse)
    assert (post.unit, post.role, post.from_on) == (town.station, "nurse", date(2026, 12, 1))
    assert Membership.objects.get(staff__email="ny.jordmor@fjordvik.example").from_on == TODAY
    assert nurse.identity_index
    assert NUMBERS[0] not in str(nurse.__dict__)
    (log,) = events("services.staff.file_taken_in")
    assert log.facts == {"invited": 2, "posts": 0, "same": 0}
    assert len(events("services.staff.invited")) == len(events("services.post.given")[-2:]) == 2


def test_somebody_who_is_registered_gets_the_post_and_is_not_changed(town, admin):
    before = Staff.objects.filter(pk=town.nurse.pk).values().get()
    done = take(admin, KNOWN)
    assert (len(done.links), done.posts) == (0, 1)
    assert Staff.objects.filter(pk=town.nurse.pk).values().get() == before
    assert Membership.objects.filter(staff=town.nurse, role="unit_leader", unit=town.station).exists()


def test_the_same_file_twice_changes_nothing_the_second_time(town, admin):
    take(admin, *NEW, KNOWN)
    before = (Staff.objects.count(), Membership.objects.count(), Invitation.objects.count())
    done = take(admin, *NEW, KNOWN)
    assert (done.links, done.posts, done.same) == ((), 0, 3)
    assert (Staff.objects.count(), Membership.objects.count(), Invitation.objects.count()) == before


def test_one_row_that_cannot_be_taken_in_stops_the_whole_file(town, admin):
    before = Staff.objects.count()
    with pytest.raises(actions.RowsRefused):
        take(admin, *NEW, "Uten;Enhet;uten@fjordvik.example;;;Finnes ikke;Enhetsleder;")
    assert Staff.objects.count() == before
    assert events("services.staff.file_taken_in") == []


def test_roles_are_known_by_their_word_in_every_language(town, admin):
    line = "Ny;{0};{0}@fjordvik.example;;{1};Granby helsestasjon;{2};"
    words = ["Helsesjukepleiar", "Public-health nurse", "nurse"]
    rows = [line.format(f"n{n}", NUMBERS[n], word) for n, word in enumerate(words)]
    assert len(take(admin, *rows).links) == 3
    assert Membership.objects.filter(role="nurse", staff__email__startswith="n").count() == 3


def test_only_whoever_keeps_staff_takes_in_a_file(town):
    for person in (town.nurse, town.leader):
        with pytest.raises(actions.NotAllowed):
            actions.take_in_staff(content=file_of(*NEW), by=viewer_of(person), at=AT)


# --- what the page carries from the look to the button ------------------------------------------------------


def test_what_was_looked_at_opens_for_the_same_person_within_the_hour(town, admin, leads):
    seen = queries.staff_file(viewer=admin, name="f.csv", content=file_of(*NEW), at=AT, on=TODAY)
    assert NUMBERS[0] not in seen.sealed
    opened = queries.opened_staff_file
    assert opened(viewer=admin, sealed=seen.sealed, at=AT + timedelta(minutes=59)) == file_of(*NEW)
    assert opened(viewer=admin, sealed=seen.sealed, at=AT + timedelta(minutes=61)) is None
    assert opened(viewer=leads, sealed=seen.sealed, at=AT) is None
    for forged in ("", "x", seen.sealed[:-2] + "aa", seen.sealed[1:]):
        assert opened(viewer=admin, sealed=forged, at=AT) is None


def test_a_file_with_a_row_to_correct_carries_nothing_on(town, admin):
    seen = queries.staff_file(viewer=admin, name="f.csv", content=file_of("a;b;c;d;e;f;g;h"), at=AT, on=TODAY)
    assert (seen.sealed, seen.may_take_in) == ("", False)


# --- the pages -------------------------------------------------------------------------------------------


def look(browser, *lines):
    file = SimpleUploadedFile("ansatte.csv", file_of(*lines), content_type="text/csv")
    return browser.post(reverse("services:staff_import"), {"file": file, "_once": "look"})


def test_looking_shows_every_row_and_stores_nothing(enter, town):
    before = Staff.objects.count()
    answer = look(enter(town.administrator), *NEW, KNOWN)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count("Blir invitert") == 2
    assert "Kjent her: får stillingen" in text
    assert NUMBERS[0] not in text
    assert Staff.objects.count() == before


def test_a_row_to_correct_is_told_by_number_and_there_is_no_button(enter, town):
    text = look(enter(town.administrator), NEW[0], NEW[0].replace("Granby", "Gråby")).content.decode()
    assert "Denne e-postadressen står på en rad over" in text
    assert "Ingen enhet heter dette" in text
    assert "Ta inn filen" not in text


def test_a_name_from_a_spreadsheet_is_plain_text(enter, town):
    text = look(
        enter(town.administrator), NEW[0].replace("Ny;Nurse", "=HYPERLINK(1);<script>x</script>")
    ).content.decode()
    assert "=HYPERLINK(1)" in text
    assert "&lt;script&gt;" in text
    assert "<script>x" not in text


def test_taking_in_leads_to_the_links_which_are_shown_once(enter, town):
    browser = enter(town.administrator)
    sealed = look(browser, *NEW).context["file"].sealed
    address = reverse("services:staff_import_apply")
    answer = browser.post(address, {"sealed": sealed, "_once": "take"})
    assert answer.url == reverse("services:staff_links")
    assert browser.post(address, {"sealed": sealed, "_once": "take"}).url == answer.url, "sent twice, done once"
    assert Staff.objects.filter(email__startswith="ny.").count() == 2
    text = browser.get(answer.url).content.decode()
    assert text.count("/invitasjon/") == 2
    assert "Ny Jordmor" in text
    assert "/invitasjon/" not in browser.get(answer.url).content.decode()
    link = text.split("http://testserver")[1].split("<")[0]
    assert browser.get(link).status_code == 200


def test_a_file_that_changes_nothing_has_no_button_and_one_that_gives_posts_no_links(enter, town):
    browser = enter(town.administrator)
    sealed = look(browser, KNOWN).context["file"].sealed
    assert browser.post(reverse("services:staff_import_apply"), {"sealed": sealed}).url == reverse(
        "services:staff_list"
    )
    assert "Ta inn filen" not in look(browser, KNOWN).content.decode()


def test_what_cannot_be_opened_again_is_said_and_nothing_is_stored(enter, town):
    answer = enter(town.administrator).post(reverse("services:staff_import_apply"), {"sealed": "forged"})
    assert answer.status_code == 422
    assert "Velg den på nytt" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "said"), [(b"\x00\x01", "ikke tekst"), (b"a;b\n1;2\n", "overskriftene"), (b"", "tom")]
)
def test_a_file_that_cannot_be_read_says_why(enter, town, content, said):
    file = SimpleUploadedFile("ansatte.csv", content)
    answer = enter(town.administrator).post(reverse("services:staff_import"), {"file": file})
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("name", ["staff_import", "staff_import_apply", "staff_links"])
@pytest.mark.parametrize("who", ["nurse", "leader"])
def test_others_find_no_such_page(enter, town, name, who):
    browser = enter(getattr(town, who))
    method = browser.post if name.endswith("apply") else browser.get
    assert method(reverse(f"services:{name}")).status_code == 404
