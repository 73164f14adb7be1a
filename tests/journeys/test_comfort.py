"""The main pages bear larger spacing, forced colours, zoom, no motion, and no styles at all."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.journeys.comforts import cut_off
from tests.journeys.story import Story, title

SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important }'
    + '* { word-spacing: .16em !important } p { margin-bottom: 2em !important }');
  document.adoptedStyleSheets = [sheet];
}"""
FILL = "e => getComputedStyle(e).fill + getComputedStyle(e).strokeDasharray"


class TestComfort(Story):
    @pytest.fixture(autouse=True)
    def addresses(self, _stage):
        child = reverse("desk:child", args=[self.world.journeys["six_weeks"].key])
        form = reverse("instruments:response_new", args=[self.world.mother("six_weeks").key, "epds"])
        self.child = child
        self.main = ["/", child, form, reverse("pathways:batons"), reverse("pathways:calendar")]

    def test_spaced_out_text_is_not_cut_off(self):
        page = self.as_("nurse")
        for address in self.main:
            page.goto(address)
            page.evaluate(SPACED)
            for width in (1440, 720, 390):  # 720 is 200 % on the desk's screen
                page.set_viewport_size({"width": width, "height": 900})
                assert cut_off(page) == [], f"{address} at {width}"

    def test_states_differ_where_the_user_chooses_the_colours(self):
        page = self.as_("nurse", forced_colors="active")
        page.goto(self.child)
        done, later = (page.locator(f".fs-step[data-state={s}] .fs-foot-print").first for s in ("done", "future"))
        assert done.evaluate(FILL) != later.evaluate(FILL)
        assert self.words(page, "done") != self.words(page, "future")

    def test_a_long_trail_beside_the_rail_scrolls_in_its_own_area_by_the_keyboard(self):
        page = self.as_("nurse", width=1024)
        page.goto(self.child)
        area = page.locator(".fs-trail__scroll")
        page.locator(".fs-trail__lanes").evaluate("e => { e.dataset.columns = 30 }")  # this child's way is shorter
        wide = "e => e.scrollWidth > e.clientWidth + 100"
        assert area.evaluate(wide)
        page.locator(".fs-step a").last.focus()
        assert area.evaluate("e => e.scrollLeft") > 100
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && !scrollX")
        ages = page.locator(".fs-step__age").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
        steps = page.locator(".fs-step").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
        assert sum(age > step + 6 for age, step in zip(ages, steps, strict=True)) < 3, "the ages do not run together"
        page.set_viewport_size({"width": 1440, "height": 900})
        assert not area.evaluate(wide)

    def test_the_trail_is_read_as_lists_without_any_style(self):
        page = self.as_("nurse")
        page.goto(self.child)
        page.evaluate("[...document.styleSheets].forEach(sheet => sheet.disabled = true)")
        assert page.locator(".fs-trail ol > li > ol > li").count() > 10
        assert page.evaluate("Math.max(...[...document.querySelectorAll('svg')].map(e => e.clientWidth)) <= 320")
        assert self.words(page, "done")

    def test_nothing_moves_for_those_who_ask_for_it(self):
        page = self.as_("nurse", reduced_motion="reduce")
        for address in self.main[:2]:
            page.goto(address)
            expect(title(page)).to_be_visible()
            assert page.evaluate("document.getAnimations().filter(a => a.effect.getTiming().duration > 10).length") == 0

    def words(self, page, state):
        """What is read aloud first of a footprint in that state: the state's own word."""
        return page.locator(f".fs-step[data-state={state}] .fs-step__text").first.text_content().split(":")[0].strip()
