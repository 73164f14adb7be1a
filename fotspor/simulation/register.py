"""A population register's extract of made-up families, in the documented layout, for the real import."""

import csv
import io
from collections.abc import Iterable
from datetime import date

from fotspor.pathways.queries.register_imports import default_layout
from fotspor.simulation.families import Address, Family
from fotspor.simulation.municipality import UNKNOWN_PLACE
from fotspor.simulation.people import Made

SEX = {"female": "K", "male": "M"}
KIND = {"mother": "mor", "father": "far", "co_mother": "medmor"}
CUSTODY = {"joint": "felles", "mother": "mor"}


def extract(families: Iterable[Family], on: date) -> bytes:
    """What would the register send of these families on that day?"""
    layout = default_layout()
    heads = {**layout.columns, **layout.optional_columns}
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(heads.values()), delimiter=layout.file.delimiter, restval="")
    writer.writeheader()
    for family in families:
        if family.born_on > on or family.lost_on is not None:
            continue  # the register does not know of a pregnancy
        for row in _rows(family, on):
            writer.writerow({heads[name]: value for name, value in row.items()})
    return stream.getvalue().encode()


def _rows(family: Family, on: date) -> Iterable[dict[str, str]]:
    for made in filter(None, (family.mother, family.other)):
        yield _person(made, family, family.home_of(made))
    parents = family.parents(on)
    if family.is_adopted(on):
        for made in parents:
            yield _person(made, family, family.home_of(made))
    for order, child in enumerate(family.children, start=1):
        if not child.number:
            continue
        made = Made(child.given_name, parents[0].family_name, family.born_on, child.sex, child.number)
        kinds = (KIND["mother"], KIND[family.other_kind])
        guardians = {}
        for place, (guardian, kind) in enumerate(zip(parents, kinds, strict=False), start=1):
            guardians |= {f"guardian_{place}_number": guardian.number, f"guardian_{place}_kind": kind}
        known = {"birth_order": str(order), "custody": CUSTODY[family.custody]}
        if family.ends_on is not None and family.ends_on < on:
            word = "død" if family.is_about("death") else "utflyttet"
            known |= {"status": word, "status_on": family.ends_on.isoformat()}
        yield _person(made, family, family.home_of(parents[0])) | guardians | known


def _person(made: Made, family: Family, home: Address) -> dict[str, str]:
    return {
        "identity_number": made.number,
        "given_name": made.given_name,
        "family_name": made.family_name,
        "born_on": made.born_on.isoformat(),
        "sex": SEX[made.sex],
        "street": home.street,
        "dwelling": home.dwelling,
        "postcode": home.postcode,
        "city": "Øving",
        "district": UNKNOWN_PLACE[0] if family.has_unknown_place else home.district,
        "status": "bosatt",
        "protection": {"strict": "strengtFortrolig", "confidential": "fortrolig"}.get(family.protection, "ugradert"),
    }
