"""Which words tell of a form, and which are only words. No database."""

import tomllib
from pathlib import Path

import pytest

from fotspor.instruments.queries.definitions import FOLDER, known, telling
from fotspor.instruments.rules import Telling, told_by
from fotspor.kit.definitions import BadDefinition, load

TELLS = """
EPDS over grensen, følges med støttesamtaler
Selvmordstanker, se skjema
Har sjølvmordstankar
E.P.D.S. er tatt
epds-en er snakket om
Edinburgh-skalaen er brukt
Scoret over grensa
Utslag på skjema i uke 28
Mor er deprimert
Tidligere fødselsdepresjon? Nei: depresjon nå
Mye angst om natta
She has panic attacks
Suicidal thoughts
Vil ta sitt eget liv
Ville ta livet av seg
Tenker på selvskading
Self-harm
Har skyldfølelse
Under the limit on the form
Nedstemt etter fødselen
"""

ORDINARY = """
Ønsker hjemmebesøk og er urolig
Barnet gråter mye om kvelden og sover lite
Fødselsangst, har snakket med jordmor
Følges med støttesamtaler
Mor er sliten og vil gjerne ha besøk
Har det fint, og gleder seg
Tannlegeangst hos far
Flytter over grensen til Sverige
Ammer. Vekt under kontroll
Ta livet med ro, er det sagt
Livlig barn
Bekymret for søvn hos barnet
Skjemaet fra barnehagen ligger ved
Snakket om hvordan hun har det
Panoramaveien 3
Trenger tolk
"""


@pytest.mark.parametrize("text", TELLS.strip().splitlines())
def test_what_tells_of_a_form_is_found(text):
    assert told_by(text, telling())


@pytest.mark.parametrize("text", ["", *ORDINARY.strip().splitlines()])
def test_ordinary_words_pass(text):
    assert told_by(text, telling()) == ""


def test_the_word_itself_is_said_and_line_breaks_hide_nothing():
    assert told_by("Bra.\nSelvmordstanker, se skjema", telling()) == "Selvmordstanker"
    assert told_by("vil ta\nsitt eget\n liv", telling()) == "ta sitt eget liv"


def test_a_form_may_be_named_where_a_summary_is_released_and_what_it_asks_about_may_not():
    named = {"lists": telling(), "may_be_named": frozenset({"epds"})}
    assert told_by("EPDS er snakket om", telling())
    assert told_by("EPDS er snakket om", **named) == ""
    assert told_by("EPDS over grensen", **named) == "over grensen"
    assert told_by("EPDS er snakket om", telling(), may_be_named=frozenset({"other"})) == "EPDS"


def test_every_instrument_has_its_words_and_nobody_has_tried_them_out():
    assert {each.instrument for each in telling()} == {each.slug for each in known()}
    assert {each.byline.evidence for each in telling()} == {"default"}
    assert all(each.names and each.words for each in telling())


def test_a_list_that_cannot_be_read_says_which_word(tmp_path: Path):
    document = tomllib.loads((FOLDER / "telling" / "epds.toml").read_text(encoding="utf-8"))
    bad = tmp_path / "epds.toml"
    lines = (FOLDER / "telling" / "epds.toml").read_text(encoding="utf-8").replace('"angst"', '"angst("')
    bad.write_text(lines, encoding="utf-8")
    with pytest.raises(BadDefinition, match=r"angst\("):
        load(Telling, bad)
    assert document["instrument"] == "epds"
