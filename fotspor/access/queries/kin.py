"""Who is near a member of staff, for nobody opens own or own family's record."""

import re
from datetime import date

from django.db.models.expressions import RawSQL

# The set form of `rules.is_own_or_family`, in SQL since ten excluded subqueries took longer to build than to run.
# It is computed once for the viewer, whoever is asked about. No part may give an empty value: NOT IN would hold nobody.
# Few who work here are in the register. CROSS JOIN has SQLite begin with those: it begins from the left, and would
# else read every guardianship and journey of the municipality to find that nobody is kin.
FAMILY = """
WITH own AS (
    SELECT p.id, p.household FROM services_staff s CROSS JOIN people_person p
    WHERE s.id = %(staff)s AND s.identity_index <> '' AND p.identity_index = s.identity_index
), wards AS (
    SELECT g.child_id AS id FROM own CROSS JOIN people_guardianship g
    WHERE g.guardian_id = own.id AND g.from_on <= %(day)s
), guardians AS (
    SELECT g.guardian_id AS id FROM own CROSS JOIN people_guardianship g
    WHERE g.child_id = own.id AND g.from_on <= %(day)s
)
SELECT id FROM own
UNION SELECT id FROM wards
UNION SELECT id FROM guardians
UNION SELECT g.child_id FROM wards CROSS JOIN people_guardianship g
    WHERE g.guardian_id = wards.id AND g.from_on <= %(day)s
UNION SELECT g.guardian_id FROM guardians CROSS JOIN people_guardianship g
    WHERE g.child_id = guardians.id AND g.from_on <= %(day)s
UNION SELECT g.child_id FROM guardians CROSS JOIN people_guardianship g
    WHERE g.guardian_id = guardians.id AND g.from_on <= %(day)s
UNION SELECT g.guardian_id FROM wards CROSS JOIN people_guardianship g
    WHERE g.child_id = wards.id AND g.from_on <= %(day)s
UNION SELECT p.id FROM own CROSS JOIN people_person p WHERE p.household = own.household AND own.household <> ''
UNION SELECT q.other_parent_id FROM own CROSS JOIN people_pregnancy q
    WHERE q.mother_id = own.id AND q.other_parent_id IS NOT NULL
UNION SELECT q.mother_id FROM own CROSS JOIN people_pregnancy q WHERE q.other_parent_id = own.id
UNION SELECT j.child_id FROM own CROSS JOIN people_pregnancy q CROSS JOIN people_journey j
    WHERE q.mother_id = own.id AND j.pregnancy_id = q.id AND j.child_id IS NOT NULL
UNION SELECT j.child_id FROM own CROSS JOIN people_pregnancy q CROSS JOIN people_journey j
    WHERE q.other_parent_id = own.id AND j.pregnancy_id = q.id AND j.child_id IS NOT NULL
UNION SELECT q.mother_id FROM own CROSS JOIN people_journey j CROSS JOIN people_pregnancy q
    WHERE j.child_id = own.id AND q.id = j.pregnancy_id
UNION SELECT q.other_parent_id FROM own CROSS JOIN people_journey j CROSS JOIN people_pregnancy q
    WHERE j.child_id = own.id AND q.id = j.pregnancy_id AND q.other_parent_id IS NOT NULL
"""
NAMED_PLACES = re.compile(r"%\((\w+)\)s")


def family_of(staff_id: int | None, on: date) -> RawSQL:
    """Who is this member of staff, and who is near her? Shape: person ids for `pk__in=`."""
    values = {"staff": staff_id, "day": on.isoformat()}
    given = [values[name] for name in NAMED_PLACES.findall(FAMILY)]  # inside a query of Django's places have no names
    return RawSQL(NAMED_PLACES.sub("%s", FAMILY), given)  # noqa: S611 (a constant)
