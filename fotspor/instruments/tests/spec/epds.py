"""EPDS, read across: the ten answers, what they add up to, and what they demand. Read it with a clinician.

Ten signs, one for each question in the order of the paper: the points of the box, or `.` for a question not answered.
`demands` is what the routine opens when the form is signed, with the days until it is due after the answer.
"""

from dataclasses import dataclass

SAFETY = "safety 0"
TALK = "talk 0"
FROM_TEN = ("support 14", "letter 14")
FROM_THIRTEEN = ("support 7", "letter 7")
ASK = "ask_again 7"
ASK_UPPER = "ask_again_upper 7"  # the answers missing decide only which deadline holds


@dataclass(frozen=True)
class Case:
    """One form."""

    why: str
    answers: str
    lowest: int
    highest: int
    band: str  # "" is undecided
    demands: tuple[str, ...]


BANDS = (
    Case("Lowest sum there is", "0000000000", 0, 0, "under", (TALK,)),
    Case("One point under 10", "1111111110", 9, 9, "under", (TALK,)),
    Case("On 10", "2111111110", 10, 10, "over", (TALK, *FROM_TEN)),
    Case("One point over 10", "2211111110", 11, 11, "over", (TALK, *FROM_TEN)),
    Case("One point under 13", "2221111110", 12, 12, "over", (TALK, *FROM_TEN)),
    Case("On 13", "2222111110", 13, 13, "upper", (TALK, *FROM_THIRTEEN)),
    Case("One point over 13", "2222211110", 14, 14, "upper", (TALK, *FROM_THIRTEEN)),
    Case("Highest sum there is", "3333333333", 30, 30, "upper", (SAFETY, TALK, *FROM_THIRTEEN)),
)

ITEM_TEN = (
    Case("Question 10 at 1, nothing else", "0000000001", 1, 1, "under", (SAFETY, TALK)),
    Case("Question 10 at 2, nothing else", "0000000002", 2, 2, "under", (SAFETY, TALK)),
    Case("Question 10 at 3, nothing else", "0000000003", 3, 3, "under", (SAFETY, TALK)),
    Case("Question 10 at 1, one point under 10", "1111111101", 9, 9, "under", (SAFETY, TALK)),
    Case("Question 10 at 1, on 10", "1111111111", 10, 10, "over", (SAFETY, TALK, *FROM_TEN)),
    Case("Question 10 at 0, on 13", "2222111110", 13, 13, "upper", (TALK, *FROM_THIRTEEN)),
)

MISSING = (
    Case("Under 10 whatever is missing", ".000000000", 0, 3, "under", (TALK,)),
    Case("Exactly one point short whatever is missing", ".111111000", 6, 9, "under", (TALK,)),
    Case("May reach 10: not decided", ".111111100", 7, 10, "", (TALK, ASK)),
    Case("May even reach 13: not decided", "..22211000", 8, 14, "", (TALK, ASK)),
    Case(
        "10 whatever is missing; 13 not decided, so the shorter deadline holds",
        "22222000.0",
        10,
        13,
        "",
        (TALK, *FROM_THIRTEEN, ASK_UPPER),
    ),
    Case("12 whatever is missing; one answer decides 13", "222220.200", 12, 15, "", (TALK, *FROM_THIRTEEN, ASK_UPPER)),
    Case("10 whatever is missing, 13 out of reach", "2222200000", 10, 10, "over", (TALK, *FROM_TEN)),
    Case("13 whatever is missing", "33331000.0", 13, 16, "upper", (TALK, *FROM_THIRTEEN)),
    Case("Question 10 at 1 and all others missing", ".........1", 1, 28, "", (SAFETY, TALK, ASK)),
)

TEN_MISSING = (
    Case("Question 10 missing, all others 0", "000000000.", 0, 3, "under", (TALK, ASK)),
    Case("Question 10 missing, one point short of 10 with it", "111111000.", 6, 9, "under", (TALK, ASK)),
    Case("Question 10 missing, may reach 10", "111111100.", 7, 10, "", (TALK, ASK)),
    Case("Question 10 missing, one point under 10 without it", "111111111.", 9, 12, "", (TALK, ASK)),
    Case(
        "Question 10 missing, 10 without it: asked once, about 13 too",
        "211111111.",
        10,
        13,
        "",
        (TALK, *FROM_THIRTEEN, ASK_UPPER),
    ),
    Case("Question 10 missing, 13 without it", "222211111.", 13, 16, "upper", (TALK, *FROM_THIRTEEN, ASK)),
    Case("Question 10 missing, 14 without it", "222222200.", 14, 17, "upper", (TALK, *FROM_THIRTEEN, ASK)),
    Case("Question 10 missing, highest on all others", "333333333.", 27, 30, "upper", (TALK, *FROM_THIRTEEN, ASK)),
    Case("Question 10 and one more missing, under 10", "00000000..", 0, 6, "under", (TALK, ASK)),
)

TABLES = {
    "Each limit: one point under, on, and over": BANDS,
    "Question 10 is acted on alone": ITEM_TEN,
    "Answers missing: the sum is an interval, and nothing is estimated": MISSING,
    "Question 10 missing: asked again, whatever the sum is": TEN_MISSING,
}


def as_answers(signs: str) -> dict[str, int]:
    """The ten signs as answers."""
    assert len(signs) == 10
    return {f"epds{n:02}": int(sign) for n, sign in enumerate(signs, 1) if sign != "."}
