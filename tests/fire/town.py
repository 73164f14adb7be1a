"""The families of the journeys with something in every drawer, who is a stranger to them, and every address."""

import os
import re
from functools import cache

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from fotspor.access import actions as access
from fotspor.instruments import actions as instruments
from fotspor.instruments import queries as instrument_queries
from fotspor.kit.models import Addressed
from fotspor.pathways import actions as pathways
from fotspor.pathways.models import Handover
from fotspor.services.models import Staff
from tests.journeys import world
from tests.journeys.test_every_page import furnish

# The families live in Heimdal. These work elsewhere, or with something else, and nobody has told them anything.
STRANGERS = {
    "nurse elsewhere": "lydhor.strand",
    "leader elsewhere": "fast.bru",
    "kindergarten elsewhere": "raus.tun",
    "administrator": "ryddig.stein",
    "officer": "diskret.las",
    "director": "apen.utsikt",
}
EVERYTHING = os.environ.get("FOTSPOR_TEST_ALL") == "1"
if EVERYTHING:
    STRANGERS |= {"midwife elsewhere": "myk.nes", "school nurse elsewhere": "jevn.brink"}
SIGNED_OUT = "signed out"
AT_WORK = {"nurse": "klok.fjell", "midwife": "stodig.bekk", "leader": "jevn.lid", "kindergarten": "leken.sand"}
EVERYBODY = {**STRANGERS, **AT_WORK}
PASSWORD = "en lang setning om fjorden"
NOBODY = "finnes-ikke-her1"  # as long as a key, and nobody's

# What a word in an address stands for: by the address where it differs, else by the word. `model.field` is a key.
WORDS = {
    "person_key": "person",
    "child_key": "child",
    "journey_key": "journey",
    "guardianship_key": "guardianship",
    "other_key": "mother",
    "staff_key": "nurse",
    "post": "membership",
    "absence": "absence",
    "on": "missed_on",
    "row": "row",
    "slug": "epds",
    "kind": "instrument",
    "reason": "reason",
    "token": "token",
    "pk": "number",
}
KEYS = {
    "desk:day_task": "task", "desk:child": "journey", "desk:child_print": "journey", "desk:child_paper": "journey",
    "desk:person": "mother", "desk:person_colleagues": "mother", "desk:name_colleagues": "person",
    "instruments:response": "response", "instruments:response_draft": "draft", "instruments:response_sign": "draft",
    "instruments:response_start": "response", "instruments:response_correct": "response",
    "instruments:response_withdraw": "response", "instruments:response_print": "response",
    "instruments:response_sheet": "response", "instruments:summary_release": "response",
    "instruments:summary_withdraw": "releasedsummary", "instruments:duty": "duty",
    "instruments:duty_take_back": "duty", "instruments:letter": "duty", "instruments:letter_print": "duty",
    "instruments:duty_withdraw": "duty", "instruments:duty_confirm": "duty",
    "pathways:group": "group", "pathways:kindergarten": "journey", "pathways:kindergarten_staff": "hidden",
    "pathways:journey_close": "journey", "pathways:journey_closed": "wrong", "pathways:journey_undo": "wrong",
    "pathways:move_undo": "away", "pathways:loss_undo": "expecting",
    "pathways:death_undo": "gone", "pathways:contact": "contact", "pathways:contact_book": "contact",
    "pathways:contact_unbook": "contact", "pathways:contact_record": "contact", "pathways:contact_absent": "contact",
    "pathways:contact_answer": "missed", "pathways:absence_take_back": "missed", "pathways:contact_reopen": "held",
    "pathways:handover": "handover", "pathways:handover_accept": "handover", "pathways:handover_decline": "handover",
    "pathways:handover_to_leader": "handover", "pathways:handover_redirect": "handover",
    "pathways:handover_withdraw": "handover", "pathways:handover_keep": "handover",
    "pathways:unassigned_assign": "person", "pathways:handover_new": "journey", "pathways:baton_confirm": "journey",
    "pathways:stop_new": "journey", "pathways:stop": "stop", "pathways:register_import": "registerimport",
    "pathways:register_import_apply": "registerimport", "pathways:register_proposal": "registerimport",
    "people:birth": "expecting", "people:loss": "expecting", "people:due_correct": "expecting",
    "people:adoption": "child", "people:guardian_new": "child", "people:guardian_end": "child",
    "people:birth_correct": "child", "access:emergency_second": "emergencyaccess",
    "access:consent_withdraw": "consent", "worklist:task": "task", "worklist:task_finish": "task",
    "worklist:task_assign": "task", "services:unit": "unit", "services:unit_change": "unit",
    "services:unit_close": "unit", "services:district_change": "district",
    "services:staff_absence_end": "colleague", "services:colleague_absence_end": "colleague",
}  # fmt: skip
KEYS_OF = {"people": "person", "services": "nurse"}  # the rest of an app's


def addresses():
    """Every address of the house: its name, and the words in it."""
    return [(name, tuple(pattern.pattern.converters)) for name, pattern in _walk(get_resolver())]


def _walk(resolver, space=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", entry


def with_ids():
    """The addresses that say whom or what they are about."""
    return [(name, words) for name, words in addresses() if words]


class Town:
    """The world, and a browser for each of those who live in it."""

    def __init__(self):
        self.world = world.build()
        furnish(self.world)
        self._put_more_in_the_drawers()
        Staff.objects.update(password=make_password(PASSWORD))
        self.staff = {who: Staff.objects.get(email=f"{name}@fotspor.example") for who, name in EVERYBODY.items()}
        self.browsers = {}

    def browser(self, who):
        """A browser in which that person is signed in, or nobody."""
        if who not in self.browsers:
            self.browsers[who] = Client(raise_request_exception=False)
            if who != SIGNED_OUT:
                self.browsers[who].force_login(self.staff[who])
        return self.browsers[who]

    def _put_more_in_the_drawers(self):
        nurse, journey = self.world.viewer("nurse"), self.world.journey("six_weeks")
        to_lerkendal = Handover.objects.get(journey=journey, to_unit=self.world.unit("nurse_elsewhere"))
        pathways.withdraw_handover(handover=to_lerkendal, by=nurse, at=world.NOW)
        mother = journey.pregnancy.mother
        response = apps.get_model("instruments.Response").objects.get(subject=mother, signed_at__isnull=False)
        [(sentence, _words), *_others] = instrument_queries.release_page(
            viewer=nurse, key=response.key, child_key=journey.child.key, at=world.NOW
        ).sentences
        self.released = instruments.release_summary(
            response=response, child_key=journey.child.key, summary=sentence, by=nurse, at=world.NOW
        )
        self.wrong = _models()["journey"].objects.get(child__given_name="Feil")  # opened by mistake
        school = Staff.objects.get(email="kjapp.foss@fotspor.example")
        self.emergency = access.break_glass(
            person_id=self.world.journey("hidden").child_id,
            reason="Barnet ligger på gulvet og puster ikke",
            by=services_viewer(school),
            at=world.NOW,
        )

    def key(self, thing):
        """What stands in an address for one of these."""
        return _KEYS[thing](self) if thing in _KEYS else _first(thing).key

    def values(self, name, words):
        """What stands in this address, for the families of Heimdal."""
        app = name.partition(":")[0]
        return {
            word: self.key(KEYS.get(name, KEYS_OF.get(app, "person")) if word == "key" else WORDS[word])
            for word in words
        }

    def url(self, name, words=(), **others):
        return reverse(name, kwargs={**self.values(name, words), **others})


def services_viewer(staff):
    from fotspor.services.queries import viewer_for

    return viewer_for(staff=staff, membership_key="", session_key=f"session-{staff.pk}", on=world.TODAY)


@cache
def _models():
    return {model._meta.model_name: model for model in apps.get_models() if issubclass(model, Addressed)}


def _first(thing):
    return _models()[thing].objects.order_by("pk").first()


def _response(town, *, is_draft):
    model = apps.get_model("instruments.Response")
    return model.objects.get(subject=town.world.mother("six_weeks"), signed_at__isnull=is_draft).key


_KEYS = {
    "journey": lambda town: town.world.journeys["six_weeks"].key,
    "expecting": lambda town: town.world.journeys["expecting"].key,
    "hidden": lambda town: town.world.journeys["hidden"].key,
    "gone": lambda town: town.world.journeys["gone"].child.key,
    "away": lambda town: town.world.journeys["away"].child.key,
    "wrong": lambda town: town.wrong.key,
    "child": lambda town: town.world.journey("six_weeks").child.key,
    "person": lambda town: town.world.journey("six_weeks").child.key,
    "mother": lambda town: town.world.mother("six_weeks").key,
    "nurse": lambda town: town.world.staff["nurse"].key,
    "colleague": lambda town: town.world.staff["colleague"].key,
    "unit": lambda town: town.world.unit("nurse").key,
    "membership": lambda town: _models()["membership"].objects.get(staff=town.world.staff["nurse"]).key,
    "response": lambda town: _response(town, is_draft=False),
    "draft": lambda town: _response(town, is_draft=True),
    "releasedsummary": lambda town: town.released.consent.key,
    "emergencyaccess": lambda town: town.emergency.key,
    "contact": lambda town: town.world.contact("six_weeks", "H-03").key,
    "missed": lambda town: town.world.contact("six_weeks", "H-02").key,
    "missed_on": lambda town: town.world.contact("six_weeks", "H-02").opens_on.isoformat(),
    "held": lambda town: town.world.contact("six_weeks", "H-01").key,
    "handover": lambda town: town.world.handovers["newborn"].key,
    "task": lambda town: _models()["task"].objects.filter(person=town.world.mother("six_weeks")).first().key,
    "row": lambda town: apps.get_model("pathways.RegisterRow").objects.first().row,
    "epds": lambda town: "epds",
    "instrument": lambda town: "instrument",
    "reason": lambda town: "kin",
    "token": lambda town: "tok" * 8,
    "number": lambda town: 987_654,
}

# What is new on each page, whoever asks for it: tokens, and the address that was asked for.
_FRESH = [
    (re.compile(r'name="(csrfmiddlewaretoken|_once)" value="[^"]*"'), "token"),
    (re.compile(r"hx-headers='[^']*'"), "headers"),
    (re.compile(r'nonce="[^"]*"'), "nonce"),
    (re.compile(r'data-left="[^"]*"'), "seconds"),
    (re.compile(r'\?fra=[^"]*"'), "the page's name, without whom it is about"),
]


def bare(answer, **said):
    """An answer without its tokens, and without the words of the address: for comparing two of them."""
    text = answer.content.decode() if not answer.streaming else ""
    for pattern, word in _FRESH:
        text = pattern.sub(word, text)
    headers = {
        name: value for name, value in answer.headers.items() if name not in ("Content-Length", "Set-Cookie", "Expires")
    }
    for word, value in said.items():
        text = text.replace(value, word)
        headers = {name: each.replace(value, word) for name, each in headers.items()}
    return answer.status_code, text, headers, sorted(answer.cookies)
