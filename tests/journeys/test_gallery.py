"""Every component in every state, as a browser and axe see them; and what the keyboard does."""

import pytest
from django.urls import reverse


@pytest.fixture
def gallery():
    return reverse("kit:gallery")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_gallery_is_accessible(window, gallery, looks_right, width, scheme):
    page = window.open(width, 800)
    page.goto(gallery)
    looks_right(page, scheme)


@pytest.mark.parametrize("name", ["kit:accessibility", "kit:help"])
def test_the_kits_own_pages_are_accessible(page, looks_right, name):
    page.goto(reverse(name))
    looks_right(page)
    assert page.locator("h1").count() == 1


def test_every_icon_on_the_page_is_in_the_sprite(page, gallery):
    page.goto(gallery)
    wanted = page.eval_on_selector_all("use", "all => [...new Set(all.map(u => u.getAttribute('href')))]")
    address = wanted[0].split("#")[0]
    sprite = page.request.get(address).text()
    assert [w for w in wanted if f'id="{w.split("#")[1]}"' not in sprite] == []


def test_slash_goes_to_the_search_box_and_may_be_turned_off(page, gallery):
    page.goto(gallery)
    page.locator("h1").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.locator("#shortcuts").is_visible()
    page.locator("[data-shortcuts-switch]").uncheck()
    page.keyboard.press("Escape")
    assert page.locator("#shortcuts").is_hidden()
    page.locator("h1").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "search"


def test_a_slash_in_a_field_is_a_slash(page, gallery):
    page.goto(gallery)
    page.locator("#id_fresh-name").press_sequentially("24/11")
    assert page.locator("#id_fresh-name").input_value() == "24/11"


def test_escape_closes_a_disclosure_and_returns_to_it(page, gallery):
    page.goto(gallery)
    summary = page.locator(".fs-urgent summary")
    summary.press("Enter")
    assert page.locator(".fs-urgent details").get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert page.locator(".fs-urgent details").get_attribute("open") is None
    assert summary.evaluate("e => e === document.activeElement")


def test_the_summary_of_a_refused_form_has_the_focus_and_leads_to_the_field(page, gallery):
    page.goto(gallery)
    assert page.evaluate("document.activeElement.hasAttribute('data-errors')")
    page.locator("[data-errors] a").nth(1).click()
    assert page.evaluate("document.activeElement.id") == "id_wrong-outcome_0"


def test_digits_choose_the_box_by_its_place_on_the_paper(page, gallery):
    page.goto(gallery)
    page.locator("input[name=item3][value='2']").focus()
    page.keyboard.press("1")  # the first box of a question printed high to low is 3 points
    assert page.locator("input[name=item3]:checked").get_attribute("value") == "3"
    assert page.evaluate("document.activeElement.name") == "item9"
    page.keyboard.press("Backspace")
    assert page.evaluate("document.activeElement.name") == "item3"


def test_what_cannot_be_undone_is_confirmed_first(page, gallery):
    page.goto(gallery)
    page.locator("form[data-confirm] button[type=submit]").click()
    assert page.locator("#confirm").is_visible()
    page.locator("#confirm [value=no]").click()
    assert page.locator("#confirm").is_hidden()
    assert page.url.endswith(gallery)


def test_a_closed_button_says_why_and_sends_nothing(page, gallery):
    page.goto(gallery)
    button = page.locator(".fs-actionbar [aria-disabled=true]")
    assert page.locator(f"#{button.get_attribute('aria-describedby')}").inner_text()
    button.click(force=True)
    assert page.url.endswith(gallery)


@pytest.mark.parametrize(("code", "word"), [("nn", "Tilgjenge"), ("en", "Accessibility"), ("nb", "Tilgjengelighet")])
def test_the_language_is_chosen_without_javascript(no_js, code, word):
    no_js.goto(reverse("kit:accessibility"))
    no_js.locator(f".fs-language button[value={code}]").first.click()
    assert no_js.locator("h1").inner_text() == word
    assert no_js.locator("html").get_attribute("lang") == code


def test_what_a_phone_shows_at_the_foot(phone, gallery):
    phone.goto(gallery)
    assert phone.locator(".fs-tabbar > li").count() == 5
    hidden = phone.locator(".fs-tabbar details a")
    assert hidden.count() == 2
    assert hidden.first.is_hidden()
    phone.locator(".fs-tabbar summary").click()
    assert hidden.first.is_visible()
    phone.keyboard.press("Escape")
    assert hidden.first.is_hidden()
    assert phone.locator(".fs-rail").is_hidden()
