"""The data-protection officer's own pages: reached from her menu, closed to everybody else, and each look logged."""

import inspect
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils.translation import override

from fotspor.access import actions, labels, views
from fotspor.access.models import AuditEvent, CareRelation, LookReview
from fotspor.access.queries import NotVisible, processing_record, role_matrix
from fotspor.access.rules import ROLES, Decision, Outcome, Permission, Purpose, Reason
from fotspor.access.tests.made import LONG_AGO, make_person, make_staff, make_unit, viewer_in
from fotspor.kit import clock
from fotspor.kit.encryption import blind_index
from fotspor.services.models import Municipality, Staff

pytestmark = pytest.mark.django_db
NUMBER = "01815012345"
WORDS = "Asked the leader, who knew of nothing"


@pytest.fixture
def unit():
    return make_unit(name="Helsestasjonen")


@pytest.fixture
def officer(unit):
    return viewer_in(unit, "privacy_officer", staff=make_staff(given_name="Diskret", family_name="Lås"))


@pytest.fixture
def nurse(unit):
    return viewer_in(unit, staff=make_staff(given_name="Kari", family_name="Tindved"))


@pytest.fixture
def child(unit):
    child = make_person(
        given_name="Liv", family_name="Tindved", identity_number="x", identity_index=blind_index(NUMBER)
    )
    CareRelation.objects.create(person=child, unit=unit, basis="baton", from_on=LONG_AGO, opened_at=clock.now())
    return child


@pytest.fixture
def line(nurse, child):
    yes = Decision(allowed=True, basis="baton")
    actions.log_read(viewer=nurse, person_key=child.key, purpose=Purpose.CARE, decision=yes, at=clock.now())
    return AuditEvent.objects.get(type=actions.READ)


@pytest.fixture
def browse(client):
    def as_(viewer):
        client.force_login(Staff.objects.get(pk=viewer.staff_id))
        return client

    return as_


def pair_url(line, reason="kin"):
    return reverse("access:look_review", args=[reason, line.staff, line.person])


def text(answer):
    return answer.content.decode()


# --- who comes there -------------------------------------------------------------------------------------


def test_everybody_else_gets_404(browse, unit, line):
    pages = [
        reverse("access:reviews"),
        reverse("access:review_list", args=["kin"]),
        pair_url(line),
        reverse("access:processing"),
        reverse("access:who_has_looked_file", args=[line.person]),
    ]
    for role in ROLES:
        browser = browse(viewer_in(unit, role))
        expected = 200 if role == "privacy_officer" else 404
        assert {browser.get(page).status_code for page in pages} == {expected}, role
        if expected == 404:
            assert browser.post(pair_url(line), {"outcome": "explained", "upto": line.pk}).status_code == 404
    assert not LookReview.objects.exists()


def test_her_menu_leads_there(browse, officer):
    html = text(browse(officer).get(reverse("access:reviews")))
    for name in ("access:reviews", "access:processing", "access:who_has_looked", "access:emergencies"):
        assert f'href="{reverse(name)}"' in html


# --- the lists -------------------------------------------------------------------------------------------


def test_each_list_is_named_and_says_what_it_finds(browse, officer):
    html = text(browse(officer).get(reverse("access:reviews")))
    for reason in Reason:
        assert reverse("access:review_list", args=[reason]) in html
    assert "%(" not in html
    assert "14 dager" in html


def test_a_list_shows_its_rows_and_is_logged(browse, officer, line, child):
    html = text(browse(officer).get(reverse("access:review_list", args=["kin"])))
    assert "Kari Tindved" in html
    assert "Liv Tindved" in html
    assert "Samme etternavn" in html
    event = AuditEvent.objects.get(type="access.looks.listed")
    assert (event.staff, event.people, event.facts["reason"]) == (officer.staff_key, [child.key], "kin")


def test_a_list_without_rows_says_so_in_each_state(browse, officer):
    page = reverse("access:review_list", args=["protected"])
    assert "Ingenting venter i denne perioden" in text(browse(officer).get(page))
    assert "Ingenting er gått gjennom i denne perioden" in text(browse(officer).get(f"{page}?state=done"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from_on=2026-11-20&to_on=2026-11-01", "Første dag må komme før siste dag"),
        ("from_on=2026-01-01&to_on=2026-11-01", "Be om høyst 31 dager om gangen"),
        ("from_on=tull", "dato"),
        ("state=tull", ""),
    ],
)
def test_a_period_that_cannot_be_read_is_refused_in_words(browse, officer, query, words):
    page = reverse("access:review_list", args=["kin"])
    answer = browse(officer).get(f"{page}?{query}")
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_list_that_is_not_there_is_not_found(browse, officer, line):
    browser = browse(officer)
    assert browser.get(reverse("access:review_list", args=["gossip"])).status_code == 404
    assert browser.get(pair_url(line, "gossip")).status_code == 404
    assert browser.get(pair_url(line, "protected")).status_code == 404
    assert browser.get(f"{pair_url(line)}?from_on=tull").status_code == 404


# --- going through ---------------------------------------------------------------------------------------


def test_she_reads_what_is_known_and_writes_what_came_of_it(browse, officer, line, child):
    browser, page = browse(officer), pair_url(line)
    html = text(browser.get(page))
    assert "Kari Tindved har sett i journalen til Liv Tindved" in html
    assert f'name="upto" value="{line.pk}"' in html
    assert AuditEvent.objects.filter(type="access.log.read", people=[child.key]).exists()
    answer = browser.post(page, {"outcome": "follow_up", "note": WORDS, "upto": line.pk})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("access:review_list", args=["kin"]))
    html = text(browser.get(answer["Location"]))
    assert "Ingenting venter" in html
    html = text(browser.get(answer["Location"] + "&state=done"))
    assert "Må følges opp" in html
    html = text(browser.get(reverse("access:reviews")))
    assert WORDS in html
    assert 'fs-count">1' in html
    assert WORDS in text(browser.get(page))


@pytest.mark.parametrize(
    "typed",
    [
        {"outcome": "breach", "note": ""},
        {"outcome": "", "note": WORDS},
        {"outcome": "gossip", "note": WORDS},
        {"outcome": "explained", "upto": "tull"},
        {"outcome": "explained", "upto": ""},
    ],
)
def test_what_cannot_be_saved_is_shown_again_with_what_was_typed(browse, officer, line, typed):
    answer = browse(officer).post(pair_url(line), {"upto": line.pk, **typed})
    assert answer.status_code == 422
    assert typed.get("note", "") in text(answer)
    assert not LookReview.objects.exists()


def test_the_number_of_a_line_that_is_not_hers_is_not_found(browse, officer, line):
    answer = browse(officer).post(pair_url(line), {"outcome": "explained", "upto": "9" * 30})
    assert answer.status_code == 404


def test_her_own_looks_have_no_form(browse, officer, child):
    yes = Decision(allowed=True, basis="baton")
    Staff.objects.filter(pk=officer.staff_id).update(family_name="Tindved")
    actions.log_read(viewer=officer, person_key=child.key, purpose=Purpose.CARE, decision=yes, at=clock.now())
    own = AuditEvent.objects.get(type=actions.READ)
    html = text(browse(officer).get(pair_url(own)))
    assert 'name="outcome"' not in html
    assert "egne oppslag" in html


# --- the log of one person as a file ---------------------------------------------------------------------


def file_url(person, query=""):
    return reverse("access:who_has_looked_file", args=[person.key]) + query


def test_the_file_holds_who_in_which_post_why_and_when_and_nothing_else(browse, officer, nurse, line, child):
    answer = browse(officer).get(file_url(child))
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    head, row, *_rest = text(answer).splitlines()
    assert head.count(";") == row.count(";") == 6
    for words in ("Kari Tindved", "Helsesykepleier", "Helsestasjonen", "En journal", "Helsehjelp"):
        assert words in row
    staff = Staff.objects.get(pk=nurse.staff_id)
    for hidden in (staff.email, staff.key, child.key, NUMBER, nurse.session):
        assert hidden not in text(answer)


def test_a_name_that_is_a_formula_stands_as_text(browse, officer, nurse, line, child):
    Staff.objects.filter(pk=nurse.staff_id).update(given_name='=HYPERLINK("http://x")')
    assert "\"'=HYPERLINK(" in text(browse(officer).get(file_url(child)))


def test_the_file_names_nobody_else_of_the_same_list(browse, officer, nurse, child):
    other = make_person(given_name="Annet", family_name="Barn")
    actions.log_list(viewer=nurse, type="desk.day.listed", people=[child.key, other.key], at=clock.now())
    assert "Annet" not in text(browse(officer).get(file_url(child)))


def test_each_file_is_a_line_in_the_log(browse, officer, line, child):
    browser = browse(officer)
    for _time in range(2):
        browser.get(file_url(child, "?from_on=2026-01-01"))
    events = AuditEvent.objects.filter(type="access.log.exported", person=child.key)
    assert [(e.purpose, e.facts["from_on"]) for e in events] == [("privacy", "2026-01-01")] * 2


def test_a_period_that_cannot_be_read_makes_no_file(browse, officer, child):
    answer = browse(officer).get(file_url(child, "?from_on=tull"))
    assert answer["Location"] == reverse("access:who_has_looked")
    assert not AuditEvent.objects.filter(type="access.log.exported").exists()


def test_the_log_page_offers_the_file_and_marks_emergencies(browse, officer, nurse, child):
    yes = Decision(allowed=True, basis="emergency")
    actions.log_read(viewer=nurse, person_key=child.key, purpose=Purpose.CARE, decision=yes, at=clock.now())
    html = text(browse(officer).get(f"{reverse('access:who_has_looked')}?person={child.key}"))
    assert file_url(child) in html
    assert 'data-color="warning"' in html


# --- the papers ------------------------------------------------------------------------------------------


def test_every_table_stands_in_the_record_of_processing_once(officer):
    record = processing_record(viewer=officer)
    listed = [table.name for line in record.lines for table in line.tables]
    ours = {m._meta.label for m in apps.get_models() if hasattr(m, "holds") and m._meta.app_label != "simulation"}
    assert len(listed) == len(set(listed))
    assert set(listed) == ours
    assert {"sessions.Session", "mfa.Authenticator"} <= set(record.framework)


def test_the_numbers_are_those_of_the_tables(officer):
    lines = {line.key: line for line in processing_record(viewer=officer).lines}
    consent = apps.get_model("access.Consent").holds
    (table,) = [each for each in lines["cooperation"].tables if each.name == "access.Consent"]
    assert dict(table.columns)[labels.DATA_KINDS["special"]] == tuple(sorted(consent.special))
    assert lines["cooperation"].special >= len(list(consent.special))
    assert labels.RETENTIONS[consent.retention] in lines["cooperation"].kept


def test_the_record_names_the_municipality_and_its_officer(browse, officer):
    assert processing_record(viewer=officer).controller.name == ""
    Municipality.objects.create(name="Prøvestad", number="9999", organisation_number="999999999", phone="99999999")
    html = text(browse(officer).get(reverse("access:processing")))
    for words in ("Prøvestad, 999999999, 99999999", "Diskret Lås", "Ikke kontrollert", "L-21", "people.Person"):
        assert words in html, words


def test_nobody_else_asks_for_the_record(nurse):
    with pytest.raises(NotVisible):
        processing_record(viewer=nurse)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_papers_are_in_the_readers_language(browse, officer, language):
    Staff.objects.filter(pk=officer.staff_id).update(language=language)
    html = text(browse(officer).get(reverse("access:processing")))
    title = {"nb": "Behandlingsprotokoll", "nn": "Behandlingsprotokoll", "en": "Record of processing"}[language]
    assert f"{title}</h1>" in html


def test_the_matrix_says_what_each_role_may_do(browse, officer):
    with override("en"):
        doings = {str(name): cells for name, cells in role_matrix().doings}
    assert len(doings) == len(Permission)
    roles = list(ROLES)
    cells = doings["Take emergency access"]
    assert [role for role, cell in zip(roles, cells, strict=True) if cell == labels.YES] == ["midwife", "nurse"]
    html = text(browse(officer).get(reverse("access:roles")))
    assert "Hva hver rolle kan gjøre" in html
    assert "Ta nødtilgang" in html


def test_in_production_paper_and_file_ask_for_the_password_again():
    for view in (views.who_has_looked_file, views.who_has_looked_print):
        assert view.guard is Permission.SEE_LOG
        assert "@freshly_signed_in" in inspect.getsource(view)


def test_what_was_followed_up_and_closed_leaves_the_overview(browse, officer, line):
    pair = {"reason": Reason.KIN, "staff_key": line.staff, "person_key": line.person, "upto": line.pk}
    for outcome in (Outcome.FOLLOW_UP, Outcome.EXPLAINED):
        actions.review_looks(**pair, outcome=outcome, note=WORDS, by=officer, at=clock.now() + timedelta(seconds=1))
    assert WORDS not in text(browse(officer).get(reverse("access:reviews")))
