"""What a page must bear: twice the size, the user's own colours, the keyboard alone, paper, and no scripts.

Each function gives what is wrong in words, or nothing. `make test-all` asks it of every page of every role.
"""

from playwright.sync_api import Page

from tests.journeys.conftest import violations
from tests.journeys.story import TABS

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CLIPPED = """() => [...document.querySelectorAll('main :is(.ds-button, .ds-tag, .fs-task__title, h1, h2)')]
  .filter(e => e.offsetParent && getComputedStyle(e).overflow !== 'visible' && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.outerHTML.slice(0, 120))"""
# Where the focus stands: who it is, and what somebody who looks for it misses.
STOP = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  window.stops = window.stops || new Map();
  const again = window.stops.has(e);
  window.stops.set(e, true);
  const marked = [e, e.closest('label'), e.nextElementSibling, e.parentElement].filter(Boolean).some(one => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  });
  const box = e.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const x = Math.min(innerWidth - 1, Math.max(0, (box.left + box.right) / 2));
  const y = Math.min(innerHeight - 1, Math.max(0, (box.top + box.bottom) / 2));
  const top = document.elementFromPoint(x, y);
  const open = top && (e.contains(top) || top.contains(e) || top.closest('label')?.contains(e));
  const lacks = [marked ? '' : 'no mark', inside ? '' : 'outside the window', !inside || open ? '' : 'behind another'];
  return { again, is: e.outerHTML.slice(0, 110), lacks: lacks.filter(Boolean) };
}"""
# Text and signs that keep our colour where the user has chosen: they may be lost on the user's ground.
OURS = """() => [...document.querySelectorAll('body .fs-icon, body .ds-button, body a, body p')].filter(e => {
  if (!e.checkVisibility() || e.closest('[aria-current], .fs-code, .fs-key')) return false;
  const style = getComputedStyle(e), around = getComputedStyle(e.parentElement);
  return e.matches('.fs-icon') ? style.color !== around.color : style.forcedColorAdjust === 'none';
}).map(e => e.parentElement.outerHTML.slice(0, 120))"""
# What only a script would answer: a button that sends nothing and opens nothing, a link to nowhere.
DEAD = """() => [...document.querySelectorAll('button, a, [hx-get], [hx-post]')].filter(e => {
  if (!e.checkVisibility({ visibilityProperty: true })) return false;
  if (e.matches('a')) return !e.hasAttribute('href') || e.getAttribute('href') === '#';
  if (e.matches('button')) return (e.type !== 'submit' || !e.form) && !e.hasAttribute('popovertarget');
  return !e.matches('form, input, select, textarea, [hx-trigger]') && !e.closest('form');
}).map(e => e.outerHTML.slice(0, 120))"""
# Words that the browser's own print would put on paper.
PRINTED = """() => [...document.querySelectorAll('body *')].filter(e =>
    !e.closest('.fs-unprinted, .fs-on-paper, script')
    && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.checkVisibility()
    && e.getBoundingClientRect().height > 1).map(e => e.outerHTML.slice(0, 120))"""


def cut_off(page: Page) -> list[str]:
    """What does not fit on the page as it stands?"""
    wide = page.evaluate(WIDE)
    return ([f"scrolls {wide} px sideways"] if wide > 0 else []) + page.evaluate(CLIPPED)


def enlarged(page: Page) -> list[str]:
    """What is lost at 200 %: of the whole page, and of the letters alone?"""
    page.set_viewport_size({"width": 720, "height": 450})
    found = [f"zoom 200 %: {each}" for each in cut_off(page)]
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [f"letters 200 %: {each}" for each in cut_off(page)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def own_colours(page: Page) -> list[str]:
    """What is wrong where the user has chosen the colours?

    Contrast is the user's own then, as long as nothing keeps ours. (axe would read the fill of the letters, which the
    browser leaves as we gave it and does not use.)
    """
    page.emulate_media(forced_colors="active")
    found = [*violations(page, "color-contrast"), *page.evaluate(OURS)]
    page.emulate_media(forced_colors="none")
    return [f"own colours: {each}" for each in found]


def by_keyboard(page: Page) -> list[str]:
    """Which stops of the Tab key cannot be seen, and where does it get no further?"""
    page.evaluate("() => { window.stops = new Map(); document.activeElement?.blur(); scrollTo(0, 0) }")
    found, begun = [], False
    for _ in range(TABS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            if begun:
                return found
            continue
        if stop["again"]:
            return found if begun and len(found) < TABS else [*found, f"trapped at {stop['is']}"]
        begun = True
        found += [f"keyboard: {lack}: {stop['is']}" for lack in stop["lacks"]]
    return [*found, f"keyboard: more than {TABS} stops"]


def on_paper(page: Page) -> list[str]:
    """What would the browser's own print put on paper that it must not, or cut off?"""
    page.emulate_media(media="print")
    is_closed = page.evaluate("document.querySelector('main')?.dataset.paper === 'closed'")
    found = page.evaluate(PRINTED) if is_closed else cut_off(page)
    page.emulate_media(media="screen")
    return [f"paper: {each}" for each in found]


def without_scripts(page: Page, address: str) -> list[str]:
    """What does not work on this page where scripts are off? The page is opened in that browser."""
    answer = page.goto(address)
    found = [] if answer.status == 200 else [f"answers {answer.status}"]
    found += [] if page.locator("h1").count() == 1 else ["not one heading"]
    return [f"no scripts: {each}" for each in (*found, *cut_off(page), *page.evaluate(DEAD))]
