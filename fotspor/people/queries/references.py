"""Every column in the house that points to a person, and who moves it when two entries are joined.

A test compares the list with the app registry, so a new table cannot be forgotten.
"""

from django.db.models.fields.reverse_related import ForeignObjectRel

from fotspor.people.models import Person

HERE = "here"  # moved by this file, with care
OWNER = "owner"  # moved by its own slice, which hears of the fact first; what it leaves is moved plainly

MOVED = {
    "access.CareRelation.person": OWNER,
    "access.Consent.person": OWNER,
    "access.Consent.given_by": OWNER,
    "access.EmergencyAccess.person": OWNER,
    "instruments.ReleasedSummary.child": OWNER,
    "instruments.Response.subject": OWNER,
    "instruments.Response.informant": OWNER,
    "pathways.RegisterRow.person": OWNER,
    "people.Correction.person": OWNER,
    "people.Departure.person": HERE,
    "people.Guardianship.child": HERE,
    "people.Guardianship.guardian": HERE,
    "people.Journey.child": HERE,
    "people.Person.merged_into": OWNER,
    "people.Pregnancy.mother": OWNER,
    "people.Pregnancy.other_parent": OWNER,
    "worklist.Task.person": OWNER,
}


def column(relation: ForeignObjectRel) -> str:
    """What is this column called in MOVED?"""
    return f"{relation.related_model._meta.label}.{relation.field.name}"


def columns_to_person() -> dict[str, ForeignObjectRel]:
    """Which columns in the house point to a person, as the app registry knows it?"""
    relations = Person._meta.get_fields(include_hidden=True)
    return {column(each): each for each in relations if isinstance(each, ForeignObjectRel) and each.field.concrete}
