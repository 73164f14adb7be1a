"""Calendars a clinician can read: for a made-up child or pregnancy, every contact with first, best and last day.

The tests hold the rules to these tables, and `pathway_reference` publishes them.
"""

from dataclasses import dataclass
from datetime import date

from fotspor.pathways.rules.plans import Facts


@dataclass(frozen=True)
class Calendar:
    title: str
    pathway: str
    facts: Facts
    expected: str  # key, first day, best day, last day
    passed_over: str = ""


CALENDARS = (
    Calendar(
        "Born on 29 February 2024",
        "infancy",
        Facts(born_on=date(2024, 2, 29)),
        """
        H-01  2024-03-05  2024-03-08  2024-03-14
        H-02  2024-03-21  2024-03-28  2024-04-04
        H-03  2024-04-04  2024-04-11  2024-05-01
        H-04  2024-05-14  2024-05-29  2024-06-28
        H-05  2024-06-18  2024-06-29  2024-07-29
        H-06  2024-07-19  2024-07-29  2024-08-28
        H-07  2024-08-18  2024-08-29  2024-09-29
        H-08  2024-10-14  2024-10-29  2024-11-29
        H-09  2024-12-14  2024-12-29  2025-01-29
        H-10  2025-02-13  2025-02-28  2025-04-13
        H-11  2025-05-14  2025-05-29  2025-07-14
        H-12  2025-07-19  2025-08-13  2025-09-29
        H-13  2026-01-29  2026-02-28  2026-05-29
        H-14  2028-01-29  2028-02-29  2028-06-29
        """,
    ),
    Calendar(
        "Twins born on 14 October 2026: both children have the same calendar, each on its own journey",
        "infancy",
        Facts(born_on=date(2026, 10, 14), due_on=date(2026, 10, 30)),
        """
        H-01  2026-10-19  2026-10-22  2026-10-28
        H-02  2026-11-04  2026-11-11  2026-11-18
        H-03  2026-11-18  2026-11-25  2026-12-15
        H-04  2026-12-29  2027-01-14  2027-02-13
        H-05  2027-02-03  2027-02-14  2027-03-16
        H-06  2027-03-06  2027-03-14  2027-04-13
        H-07  2027-04-03  2027-04-14  2027-05-14
        H-08  2027-05-29  2027-06-14  2027-07-14
        H-09  2027-07-29  2027-08-14  2027-09-14
        H-10  2027-09-29  2027-10-14  2027-11-29
        H-11  2027-12-29  2028-01-14  2028-02-29
        H-12  2028-03-05  2028-03-29  2028-05-14
        H-13  2028-09-14  2028-10-14  2029-01-14
        H-14  2030-09-14  2030-10-14  2031-02-14
        """,
    ),
    Calendar(
        "Born eight weeks early, on 5 September 2026, due 31 October: the contact about development follows the due date",
        "infancy",
        Facts(born_on=date(2026, 9, 5), due_on=date(2026, 10, 31)),
        """
        H-01  2026-09-10  2026-09-13  2026-09-19
        H-02  2026-09-26  2026-10-03  2026-10-10
        H-03  2026-10-10  2026-10-17  2026-11-06
        H-04  2026-11-20  2026-12-05  2027-01-04
        H-05  2026-12-25  2027-01-05  2027-02-04
        H-06  2027-01-25  2027-02-05  2027-03-07
        H-07  2027-02-25  2027-03-05  2027-04-05
        H-08  2027-04-20  2027-05-05  2027-06-05
        H-09  2027-06-20  2027-07-05  2027-08-05
        H-10  2027-08-20  2027-09-05  2027-10-20
        H-11  2027-11-20  2027-12-05  2028-01-20
        H-12  2028-03-20  2028-04-15  2028-05-31
        H-13  2028-08-05  2028-09-05  2028-12-05
        H-14  2030-08-05  2030-09-05  2031-01-05
        """,
    ),
    Calendar(
        "Born on 10 March 2024, moved in at two years, on 10 March 2026",
        "infancy",
        Facts(born_on=date(2024, 3, 10), arrived_on=date(2026, 3, 10)),
        """
        H-13  2026-02-10  2026-03-10  2026-06-10
        H-14  2028-02-10  2028-03-10  2028-07-10
        """,
        "H-01 H-02 H-03 H-04 H-05 H-06 H-07 H-08 H-09 H-10 H-11 H-12",
    ),
    Calendar(
        "Due on 1 December 2026, registered in week 8, on 20 April",
        "pregnancy",
        Facts(booked_on=date(2026, 4, 20), due_on=date(2026, 12, 1)),
        """
        P-1    2026-04-20  2026-04-27  2026-04-27
        P-US1  2026-05-12  2026-05-19  2026-06-01
        P-US2  2026-06-23  2026-06-30  2026-07-13
        P-24   2026-08-04  2026-08-11  2026-08-24
        P-28   2026-08-25  2026-09-08  2026-09-28
        P-32   2026-10-01  2026-10-06  2026-10-11
        P-36   2026-10-29  2026-11-03  2026-11-08
        P-38   2026-11-12  2026-11-17  2026-11-22
        P-40   2026-11-26  2026-12-01  2026-12-06
        P-41   2026-12-08  2026-12-08  2026-12-10
        """,
    ),
    Calendar(
        "The same pregnancy registered in week 30: the first contact, and what lies ahead",
        "pregnancy",
        Facts(booked_on=date(2026, 9, 22), due_on=date(2026, 12, 1)),
        """
        P-1    2026-09-22  2026-09-29  2026-09-29
        P-28   2026-08-25  2026-09-08  2026-09-28
        P-32   2026-10-01  2026-10-06  2026-10-11
        P-36   2026-10-29  2026-11-03  2026-11-08
        P-38   2026-11-12  2026-11-17  2026-11-22
        P-40   2026-11-26  2026-12-01  2026-12-06
        P-41   2026-12-08  2026-12-08  2026-12-10
        """,
        "P-US1 P-US2 P-24",
    ),
    Calendar(
        "Born on 31 December 2020: school starts in the year the child turns six",
        "school_start",
        Facts(born_on=date(2020, 12, 31)),
        """
        SK-1  2026-08-20  2027-01-20  2027-06-30
        """,
    ),
)
