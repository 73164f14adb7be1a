"""What every journey's class has: a browser, the world, and the few things people do on every page."""

import re

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

# Words that give away a sentence in another language; names and «EPDS» are the same in all.
STRANGE = {
    "nn": r"\b(jeg|hun|ikke|hvem|hva|hvor|hvorfor|fra|noe|noen|uke|uker|the|and|this|of|is)\b",
    "en": r"\b(og|ikke|ikkje|hun|hvem|kven|til|fra|av|på|med|uke|uker|dager|stafettpinnen?|helsesykepleier|jordmor)\b",
    "nb": r"\b(ikkje|kven|kva|korleis|frå|eg|ho|noko|the|and|this|of|is|was|has|you|your)\b",
}
SAID = """() => {
  const body = document.body.cloneNode(true);
  body.querySelectorAll('.fs-language, [lang]').forEach(e => e.remove());
  return body.textContent;
}"""


class Story:
    """A journey told in Given, When and Then. One goal for each file."""

    @pytest.fixture(autouse=True)
    def _stage(self, world, window, sign_in, looks_right):
        self.world, self.window, self._sign_in, self.looks_right = world, window, sign_in, looks_right

    def as_(self, who: str, page: Page | None = None, **options) -> Page:
        """A browser in which that person is signed in."""
        return self._sign_in(page or self.window.open(**options), self.world.staff[who])


TABS = 400  # more than any page has stops
BEGINS = 4000  # milliseconds for the next page after Enter, which does not wait for it as a click does


def push(page: Page, target: Locator) -> None:
    """Press it: with the pointer, or where the page is worked by the keyboard alone, with Tab and Enter."""
    if not getattr(page, "by_keyboard", False):
        target.click()
        return
    walk_to(page, target)
    try:
        with page.expect_navigation(timeout=BEGINS):
            page.keyboard.press("Enter")
    except TimeoutError:  # a part of the page was changed in place, or it said no
        return


def walk_to(page: Page, target: Locator) -> None:
    """Tab until it has the focus. A box among others of its name is reached by the arrows."""
    expect(target).to_be_visible()
    there = target.element_handle()
    for _ in range(TABS):
        if page.evaluate("there => document.activeElement === there", there):
            return
        same = "there => there.type === 'radio' && document.activeElement.name === there.name"
        page.keyboard.press("ArrowDown" if page.evaluate(same, there) else "Tab")
    raise AssertionError(f"the keyboard does not come to {target}")


def tick(page: Page, target: Locator) -> None:
    """Choose a box: with the pointer, or by the keyboard alone."""
    if not getattr(page, "by_keyboard", False):
        target.check()
        return
    walk_to(page, target)
    if not target.is_checked():
        page.keyboard.press("Space")
    expect(target).to_be_checked()


def press(page: Page, word: str | re.Pattern, *, exact: bool = False) -> None:
    """Press the first button or link of the page's content with that word on it."""
    content = page.locator("main")
    named = content.get_by_role("button", name=word, exact=exact).or_(
        content.get_by_role("link", name=word, exact=exact)
    )
    push(page, named.first)


def go(page: Page, address: str) -> None:
    """Press the first link of the content that leads there: to an address that ends so."""
    push(page, page.locator(f"main a[href$='{address}']").first)


def says(page: Page, text: str | re.Pattern) -> None:
    """The page's content says it."""
    expect(page.locator("main")).to_contain_text(text)


def title(page: Page) -> Locator:
    return page.locator("h1")


def type_answers(page: Page, points: list[int]) -> None:
    """Ten answers by the digits 1 to 4 alone: each digit is the box's place on the paper."""
    first = page.locator("input[type=radio]").first
    first.focus()
    for number, point in enumerate(points, start=1):
        boxes = page.locator(f"input[name=epds{number:02}]")
        places = boxes.evaluate_all("all => all.map(box => Number(box.value))")
        page.keyboard.press(str(places.index(point) + 1))
        expect(page.locator(f"input[name=epds{number:02}][value='{point}']")).to_be_checked()


def strange_words(page: Page, language: str) -> list[str]:
    """Which words of another language does the page say, shut or open? Language buttons name themselves."""
    found = re.finditer(STRANGE[language], page.evaluate(SAID), re.IGNORECASE)
    return sorted({word.group(0).lower() for word in found})
