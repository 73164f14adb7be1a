"""What tells a score, and what only looks like one. No database."""

import pytest

from fotspor.pathways.queries.batons import deadlines
from fotspor.pathways.rules.scores import says_a_score

SCORES = """
EPDS 14
epds viste 13
EPDS = 9
sum: 12
Summen ble 14
Summen vart 14
sumskår 11
14 poeng
fjorten poeng
Ho fekk fjorten poeng
to poeng
skåret 11 nå
Skåra 12 i dag
skåren hennes er på 13
Hun fikk 14 på EPDS
Tok EPDS i går. Hun fikk 14.
EPDS-en kom ut på fjorten
12 av 30
14/30
totalt 14
Total: fourteen
Svarte 2 på spørsmål 10
Svarte ja på det tiende spørsmålet
spm 10 positivt
spm. nr. 10
item 10 was positive
ledd 10
She scored 14
fourteen points
SDQ kom ut på tjueto
AUDIT på seksten
EPDS på 12.10. ble 14
Svarte 1 2 0 1 2 3 1 1 på EPDS
GAD-7: 12
"""

ORDINARY = """
Født 2. oktober, 3 søsken
Ring etter kl. 12
EPDS er snakket om
EPDS er tatt i uke 28
EPDS i veke 14
EPDS tatt 14.11
EPDS er gjort 14. november kl. 09.30
EPDS tatt 2026-11-14
Neste time om EPDS er 1. des kl. 09.30
uke 14
2 barn
EPDS er snakket om, 2 barn fra før
EPDS er tatt 2 ganger
EPDS på 6-ukerskontrollen
to barn, totalt tre søsken
Ved spørsmål, ring 22 33 44 55
Har 2 spørsmål til helsestasjonen
Poenget er å ringe før klokka 12
EPDS er avtalt. Tlf 912 34 567
EPDS avtalt ved 28+3
GAD-7 er snakket om
Ønsker hjemmebesøk. Ring mor.
Etter ferien i sommer: 2 besøk
A summary of 3 visits
"""


@pytest.mark.parametrize("text", SCORES.strip().splitlines())
def test_a_score_is_found(text):
    assert says_a_score(text, deadlines().score_words)


@pytest.mark.parametrize("text", ["", *ORDINARY.strip().splitlines()])
def test_ordinary_words_are_not_a_score(text):
    assert not says_a_score(text, deadlines().score_words)


def test_far_away_is_far_away():
    assert not says_a_score(
        "EPDS er snakket om med henne og med far i god ro, og de har rom 14", deadlines().score_words
    )
