"""Somebody else's id in an address: as if nobody had it, at every address, for every role, read or written."""

import pytest

from tests.fire.town import EVERYTHING, KEYS, NOBODY, SIGNED_OUT, STRANGERS, bare, with_ids

METHODS = ("GET", "POST")
ADDRESSES = with_ids()
NAMES = [name for name, _words in ADDRESSES]
# Who works with it all the same, in whichever part of the town: what is the whole municipality's, and no person's.
THEIRS = {
    "administrator": {
        "services:unit", "services:unit_change", "services:unit_close", "services:district_change", "services:staff",
        "services:staff_change", "services:staff_link", "services:staff_invite", "services:staff_reset",
        "services:staff_leave", "services:post_new", "services:post_end", "services:staff_absence_new",
        "services:staff_absence_end", "pathways:register_import", "pathways:register_import_apply",
        "pathways:register_proposal",
    },
    "officer": {
        "access:who_has_looked_print", "access:who_has_looked_file",
    },
}  # fmt: skip
# No person and no record is named in these, or only one's own.
NOBODYS = {
    "mfa_remove_webauthn",
    "instruments:distribution",
    "instruments:definition",
    "services:invitation",
    "access:review_list",
}
ABOUT_PERSONS = [(name, words) for name, words in ADDRESSES if name not in NOBODYS]


def absent(words, values):
    """The same address about something that does not exist."""
    changed = {"row": 987_654, "pk": 987_655, "on": "2026-01-01"}
    return {
        word: changed.get(word, NOBODY if word not in ("slug", "kind", "reason") else values[word]) for word in words
    }


def ask(browser, method, url):
    return browser.get(url) if method == "GET" else browser.post(url, {"_once": "", "version": "1"})


def theirs(who):
    return THEIRS.get(who, set())


def test_what_is_named_here_exists():
    assert set(KEYS) <= set(NAMES)
    assert {name for names in THEIRS.values() for name in names} | NOBODYS <= set(NAMES)


def nothing_there(town, who):
    """What that person is answered about what does not exist, at an address that the person may use."""
    url = f"/innstillinger/{NOBODY}/"
    town.browser(who).get(url)  # the first visit of a session has a cookie to set
    return bare(town.browser(who).get(url), url=url)


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_is_told_that_there_is_nothing_there(town, who):
    """404 and no more, the same as for an address that was never there: status, words, headers and cookies."""
    wrong, nothing, own = [], nothing_there(town, who), list(STRANGERS).index(who)
    for place, (name, words) in enumerate(ABOUT_PERSONS):
        if name in theirs(who):
            continue
        url = town.url(name, words)
        for method in METHODS if EVERYTHING else METHODS[(place + own) % 2 :][:1]:  # each is asked both ways by some
            answer = ask(town.browser(who), method, url)
            if answer.status_code not in (404, 405):
                wrong.append(f"{method} {name}: {answer.status_code}")
            elif answer.status_code == 404 and bare(answer, url=url) != nothing:
                wrong.append(f"{method} {name}: tells what exists from what does not")
    assert wrong == []


def test_whoever_is_signed_out_is_led_to_the_door(town):
    wrong = []
    for name, words in ABOUT_PERSONS:
        values = town.values(name, words)
        nothing = absent(words, values)
        for method in METHODS:
            url, other = town.url(name, words), town.url(name, words, **nothing)
            there, gone = (ask(town.browser(SIGNED_OUT), method, each) for each in (url, other))
            leads = there.status_code == 302 and there.url.startswith("/konto/inn/")
            if not leads and there.status_code != 405:
                wrong.append(f"{method} {name}: {there.status_code}")
            elif there.status_code == 302 and there.url.replace(url, "") != gone.url.replace(other, ""):
                wrong.append(f"{method} {name}: leads elsewhere for what does not exist")
    assert wrong == []


@pytest.mark.parametrize("who", ["administrator", "officer"])
def test_what_is_somebodys_work_answers_them_and_an_unknown_id_is_404(town, who):
    """The table above lets nobody off: those it names are let in where the id exists, and only there."""
    wrong = []
    for name, words in ABOUT_PERSONS:
        if name not in theirs(who):
            continue
        values = town.values(name, words)
        there = ask(town.browser(who), "GET", town.url(name, words))
        gone = ask(town.browser(who), "GET", town.url(name, words, **absent(words, values)))
        if there.status_code not in (200, 302, 405) or gone.status_code not in (404, 405):
            wrong.append(f"{name}: {there.status_code}, {gone.status_code}")
    assert wrong == []


@pytest.mark.parametrize("who", ["nurse"])
def test_an_unknown_id_is_404_also_at_work(town, who):
    wrong = []
    for name, words in ABOUT_PERSONS:
        nothing = absent(words, town.values(name, words))
        for method in METHODS:
            status = ask(town.browser(who), method, town.url(name, words, **nothing)).status_code
            if status not in (404, 405):
                wrong.append(f"{method} {name}: {status}")
    assert wrong == []
