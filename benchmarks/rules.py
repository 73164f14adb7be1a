"""P1 and P5: pure rules against a loop written by hand for the same result."""

import random
from datetime import date, timedelta

from benchmarks.measure import Row, side_by_side

CHILDREN, FORMS = 2_000, 20_000


def expected_steps() -> Row:
    """P1: all steps of one child's pathways. The reference adds the same offsets to the same dates, and checks them."""
    from fotspor.kit.dates import add_months
    from fotspor.pathways.queries.definitions import pathway
    from fotspor.pathways.rules.plans import Facts
    from fotspor.pathways.rules.plans import expected_steps as steps_of

    infancy = pathway("infancy")
    rng = random.Random(1)  # noqa: S311 - made-up birth dates
    facts = [Facts(born_on=date(2020, 1, 1) + timedelta(days=rng.randrange(2000))) for _ in range(CHILDREN)]
    offsets = [[(o.months, o.weeks * 7 + o.days) for o in (s.earliest, s.due, s.latest)] for s in infancy.steps]

    def by_hand():
        return [[[add_months(f.born_on, m) + timedelta(days=d) for m, d in step] for step in offsets] for f in facts]

    def ours():
        return [steps_of(infancy, f) for f in facts]

    sample, control = ours()[0], by_hand()[0]
    assert [[e.opens_on, e.due_on, e.closes_on] for e in sample] == control, "the reference does another thing"
    mine, theirs = side_by_side(ours, by_hand)
    return Row(
        "P1",
        "expected steps of a child's whole pathway",
        f"{CHILDREN / mine:,.0f}/s",
        f"{CHILDREN / theirs:,.0f}/s",
        mine / theirs,
        ">= 10,000/s, <= 4x",
        CHILDREN / mine >= 10_000 and mine / theirs <= 4,
        against="a loop written by hand with the same date sums",
    )


def score_epds() -> Row:
    """P5: score one form. The reference is an EPDS function written by hand with the same result."""
    from fotspor.instruments.queries import instrument
    from fotspor.instruments.rules import score

    epds = instrument("epds")
    keys = [item.key for item in epds.items]
    rng = random.Random(1)  # noqa: S311
    forms = [{key: rng.randrange(4) for key in keys} for _ in range(FORMS)]
    tenth = keys[9]

    def by_hand(answers):
        total = missing = 0
        for key in keys:
            code = answers.get(key)
            if code is None:
                missing += 1
            elif code not in (0, 1, 2, 3):
                raise ValueError(key)
            else:
                total += code
        band = "upper" if total >= 13 else "over" if total >= 10 else "below"
        return total, total + 3 * missing, band, answers.get(tenth, 0) >= 1

    for form in forms[:500]:
        result, control = score(epds, form), by_hand(form)
        assert (result.lowest, result.highest, bool(result.alerts)) == (control[0], control[1], control[3])
    mine, theirs = side_by_side(lambda: [score(epds, f) for f in forms], lambda: [by_hand(f) for f in forms])
    return Row(
        "P5",
        "score one EPDS form",
        f"{mine / FORMS * 1e6:.2f} us",
        f"{theirs / FORMS * 1e6:.2f} us",
        mine / theirs,
        "<= 20 us, <= 6x",
        mine / FORMS <= 20e-6 and mine / theirs <= 6,
        against="an EPDS function written by hand with the same result",
    )
