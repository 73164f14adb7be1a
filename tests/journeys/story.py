"""What every journey's class has: a browser, the world, and the few things people do on every page."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

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


def press(page: Page, word: str | re.Pattern, *, exact: bool = False) -> None:
    """Press the first button or link of the page's content with that word on it."""
    content = page.locator("main")
    named = content.get_by_role("button", name=word, exact=exact).or_(
        content.get_by_role("link", name=word, exact=exact)
    )
    named.first.click()


def go(page: Page, address: str) -> None:
    """Press the first link of the content that leads there: to an address that ends so."""
    page.locator(f"main a[href$='{address}']").first.click()


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
