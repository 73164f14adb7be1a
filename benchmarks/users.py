"""What one member of staff does all day: looks at pages, and books, records, signs and takes over now and then.

Everything is found as a person finds it: by the links and forms of the page in front of her.
"""

import random
import re
from datetime import date, timedelta

from benchmarks.browser import Browser, Form, Page
from benchmarks.tally import Tally

CLINIC = {"nurse", "midwife"}
DAY, BATONS, CHILDREN, SEARCH = "/", "/lop/stafettpinner/", "/barn/", "/sok/"
# What each role reads, with its weight.
READS = {
    "clinic": {"day": 30, "child": 35, "list": 10, "search": 10, "calendar": 8, "batons": 7},
    "unit_leader": {"unit": 50, "figures": 20, "batons": 30},
    "kindergarten": {"kindergarten": 100},
    "director": {"figures": 100},
}
ADDRESSES = {
    "day": DAY, "list": CHILDREN, "calendar": "/lop/kalender/", "batons": BATONS, "unit": "/enheten/",
    "figures": "/tall/", "kindergarten": "/barnehagen/",
}  # fmt: skip
WRITES = {"book": 30, "record": 25, "sign": 15, "take over": 15, "write a task": 15}
SEEN_AT_MOST, OPEN_AT_MOST = 60, 12
PAGES_OF_THE_LIST = 5
POINTS = {"0", "1", "2", "3"}
TITLE = re.compile(r"<h1[^>]*>\s*(?:<[^>]+>\s*)*([^<]{3,})", re.DOTALL)


class User:
    """One signed in browser, and what she has seen."""

    def __init__(self, *, role: str, browser: Browser, tally: Tally, today: date, seed: int):
        self.role, self.browser, self.tally, self.today = role, browser, tally, today
        self.dice = random.Random(seed)  # noqa: S311 - which link is pressed next
        self.seen: list[str] = []  # addresses of children's pages
        self.open: list[Page] = []  # children's and contacts' pages that were looked at lately: what to write is there
        self.names = ["Li", "Berg", "Ha"]

    def act(self) -> None:
        """One thing: a write when it is a write's turn, else something is looked at."""
        if self.role in CLINIC and self.tally.may_write():
            (chosen,) = self.dice.choices(list(WRITES), list(WRITES.values()))
            if not self._write(chosen):
                self._write("write a task")
            return
        reads = READS["clinic" if self.role in CLINIC else self.role]
        (chosen,) = self.dice.choices(list(reads), list(reads.values()))
        self.read(chosen)

    # --- reading -------------------------------------------------------------------------------------------

    def read(self, what: str) -> Page | None:
        if what == "child":
            return self.child()
        if what == "search":
            return self._search()
        address = ADDRESSES[what]
        if what == "list":
            address = f"{CHILDREN}?side={self.dice.randint(1, PAGES_OF_THE_LIST)}"
        return self._see(what, address)

    def child(self) -> Page | None:
        """A child she has seen in a list; a list first when she has seen none."""
        if not self.seen:
            self.read("list")
        if not self.seen:
            return None
        shown = self._see("child", self.dice.choice(self.seen))
        if shown.status != 200:
            return None
        if title := TITLE.search(shown.text):
            self.names = [*self.names[-20:], title[1].split()[0]]
        self.open = [*self.open, shown][-OPEN_AT_MOST:]
        return shown

    def _search(self) -> Page:
        form = self._see("search", SEARCH).form(SEARCH)
        if form is None:
            return self._see("search", SEARCH)
        found = self._note("search", self.browser.send(form, q=self.dice.choice(self.names)))
        return self._see("what was found", found.location) if found.location else found

    def _see(self, name: str, address: str) -> Page:
        shown = self._note(name, self.browser.get(address))
        children = [f"/barn/{key}/" for key in shown.keys("/barn/KEY/")]
        self.seen = [*self.seen, *(each for each in children if each not in self.seen)][-SEEN_AT_MOST:]
        return shown

    def _note(self, name: str, shown: Page, is_write: bool = False) -> Page:
        why = shown.text if shown.status == 0 else ""
        self.tally.note(name, shown.status, shown.seconds, why=why, is_write=is_write)
        return shown

    # --- writing -------------------------------------------------------------------------------------------

    def _write(self, what: str) -> bool:
        """Was there anything of that kind to write?"""
        if what == "take over":
            return self._take_over()
        shown = self.dice.choice(self.open) if self.open else self.child()
        if shown is None:
            return False
        if what == "book":
            return self._book(shown)
        if what == "record":
            return self._record(shown)
        return self._sign(shown) if what == "sign" else self._write_task(shown)

    def _filled(self, name: str, address: str, **values: str) -> bool:
        """Open the form there, fill it in and send it; a box that asks to be ticked is ticked, once."""
        form = self._see(f"form: {name}", address).form()
        return form is not None and self._sent(name, form, **values)

    def _sent(self, name: str, form: Form, **values: str) -> bool:
        answer = self._note(name, self.browser.send(form, **values), is_write=True)
        if answer.status == 422 and (again := answer.form(form.action)) and "confirmed" in again.choices:
            asked = {key: value for key, value in again.values.items() if key in ("shown", "version")}
            answer = self._note(name, self.browser.send(again, **{**values, **asked, "confirmed": "on"}), is_write=True)
        if answer.location:
            self._see("after saving", answer.location)
        return True

    def _way_in(self, shown: Page, verb: str) -> str:
        """Where one of the child's contacts is booked or recorded; empty when the one she looks at is done with."""
        ways = [way for each in self.open for way in each.addresses(f"/lop/kontakt/KEY/{verb}/")]
        contacts = shown.keys("/lop/kontakt/KEY/")
        if not ways and contacts:
            contact = self._see("contact", f"/lop/kontakt/{self.dice.choice(contacts)}/")
            self.open = [*self.open, contact][-OPEN_AT_MOST:] if contact.status == 200 else self.open
            ways = contact.addresses(f"/lop/kontakt/KEY/{verb}/")
        if not ways:
            return ""
        way = self.dice.choice(ways)
        self.open = [each for each in self.open if way not in each.addresses(f"/lop/kontakt/KEY/{verb}/")]
        return way

    def _book(self, shown: Page) -> bool:
        """The day that the form proposes, at some time of it."""
        time = f"{self.dice.randint(8, 14):02}:{self.dice.choice(('00', '10', '20', '30', '40', '50'))}"
        address = self._way_in(shown, "time")
        return bool(address) and self._filled("book", address, time=time, place=f"Rom {self.dice.randint(1, 9)}")

    def _record(self, shown: Page) -> bool:
        address = self._way_in(shown, "hva-skjedde")
        held = {"outcome": "held", "outcome_on": self.today.isoformat()}
        return bool(address) and self._filled("record", address, **held, late_reason="Avtalt slik", note="Alt vel")

    def _sign(self, shown: Page) -> bool:
        """EPDS from paper: begin, then sign. The last question is answered with nought, the others with little."""
        about = shown.keys("/oppgaver/ny/KEY/")
        if not about:
            return False
        address = f"/kartlegging/person/{about[0]}/epds/ny/"
        form = self._see("form: sign", address).form()
        if form is None or not form.choices.get("answerer"):
            return False
        more = {"another": "on"} if "another" in form.choices else {}
        answerer = self.dice.choice(form.choices["answerer"])
        begun = self._note("begin a form", self.browser.send(form, answerer=answerer, **more), is_write=True)
        if not begun.location:
            return True
        entry = self._see("a form being filled in", begun.location)
        draft = next((form for form in entry.forms() if form.action.endswith("/utkast/")), None)
        if draft is None:
            return True
        items = [name for name, values in draft.choices.items() if set(values) == POINTS]
        answers = {name: self.dice.choice("0001") for name in items} | dict.fromkeys(items[-1:], "0")
        draft.action = draft.action.replace("/utkast/", "/signer/")
        return self._sent("sign", draft, **answers)

    def _take_over(self) -> bool:
        """Accept a baton that waits for the unit; if none does, hand one over to another unit."""
        waiting = self._see("batons", BATONS).addresses("/lop/stafettpinner/KEY/")
        for address in self.dice.sample(waiting, min(2, len(waiting))):
            form = self._see("a baton", address).form(f"{address}overta/")
            if form is not None:
                return self._sent("take over", form)
        to = [way for each in self.open for way in each.addresses("/lop/journal/KEY/stafettpinne/ny/")]
        form = self._see("form: hand over", to[0]).form() if to else None
        if form is None or not form.choices.get("unit"):
            return False
        unit = self.dice.choice(form.choices["unit"])
        return self._sent("hand over", form, unit=unit, reason="Etter planen", summary="Alt er avtalt")

    def _write_task(self, shown: Page) -> bool:
        address = shown.addresses("/oppgaver/ny/KEY/")
        due = (self.today + timedelta(days=self.dice.randint(1, 30))).isoformat()
        return bool(address) and self._filled("write a task", address[0], kind="call", note="Ringe", due_on=due)
