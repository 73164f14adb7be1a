"""P4: where everybody stands, beside the same sums written as one bare statement."""

from benchmarks.measure import Row, side_by_side

CITY_SECONDS, NATION_SECONDS, AT_MOST = 0.15, 1.0, 2
# Each journey's open tasks are gathered first; the query of the house asks journey by journey instead.
BARE = """
SELECT b.unit_id, CASE WHEN t.closes < %s THEN 'overdue' WHEN t.opens <= %s OR t.booked <= %s THEN 'now'
       WHEN t.closes IS NOT NULL THEN 'later' ELSE 'nothing' END AS stands, count(*)
FROM people_journey j
LEFT JOIN pathways_baton b ON b.journey_id = j.id AND b.until_at IS NULL
LEFT JOIN (SELECT journey_id, min(closes_on) AS closes, min(opens_on) AS opens, min(booked_on) AS booked
           FROM worklist_task WHERE done_on IS NULL AND ended_on IS NULL AND NOT for_leader AND journey_id IS NOT NULL
           GROUP BY journey_id) t ON t.journey_id = j.id
WHERE j.closed_on IS NULL GROUP BY 1, 2
"""


def where_everybody_stands(size: str) -> Row:
    from django.db import connection

    from fotspor.access.rules import Permission
    from fotspor.kit import clock
    from fotspor.pathways.queries.ledger import NO_JOURNEY, ledger
    from fotspor.people.models import Journey
    from fotspor.services.models import Membership
    from fotspor.services.queries import viewer_for

    today = clock.today()
    post = Membership.objects.in_force(today).filter(role="director").select_related("staff").first()
    viewer = viewer_for(staff=post.staff, membership_key=post.key, session_key=None, on=today)
    assert viewer.may(Permission.SEE_FIGURES)

    def bare():
        with connection.cursor() as cursor:
            cursor.execute(BARE, [today, today, today])
            return cursor.fetchall()

    def ours():
        return ledger(viewer=viewer, on=today)

    counted = {unit: sum(row) for unit, row in ours().items() if unit != NO_JOURNEY}
    population = Journey.objects.open().count()
    assert sum(counted.values()) == population == sum(row[2] for row in bare()), "somebody is not counted, or twice"
    mine, theirs = side_by_side(ours, bare)
    limit = NATION_SECONDS if size == "nation" else CITY_SECONDS
    return Row(
        "P4",
        f"the ledger: where {population:,} children and pregnancies stand ({connection.vendor})",
        f"{mine * 1000:.0f} ms",
        f"{theirs * 1000:.0f} ms",
        mine / theirs,
        f"<= {limit * 1000:.0f} ms, <= {AT_MOST}x",
        (mine <= limit and mine / theirs <= AT_MOST) if size in ("city", "nation") else None,
        against="the same sums in one bare statement",
        milliseconds=mine * 1000,
        limit_milliseconds=limit * 1000,
    )
