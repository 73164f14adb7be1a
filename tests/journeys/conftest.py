"""A real browser: Debian's Chromium, driven by Playwright. Without it journeys are skipped, or fail where required.

A page fails its test when the browser's console shows an error, or when a request leaves this machine.
"""

import os
import shutil
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

# Playwright's sync API runs an event loop in this thread; Django's own check would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FINDINGS_ALONE = {"resultTypes": ["violations"]}  # every rule is run; what passed is not described
HOME = {"127.0.0.1", "localhost"}
LONG = {"test_every_page", "test_pages_behind_a_press", "test_forms_of_the_house"}
PATIENCE = 30_000  # milliseconds until a page that does not answer is a fault; other work may share the machine
expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items):
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if item.path.stem in LONG:
                item.add_marker(pytest.mark.slow)


def absent(reason: str):
    if os.environ.get("FOTSPOR_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason}, and FOTSPOR_REQUIRE_BROWSER=1")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    if path is None:
        absent("Chromium is not installed")
    if not AXE.exists():
        absent("axe-core is not installed (npm ci)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session", autouse=True)
def one_request_at_a_time():
    """Every thread shares the connection to a database in memory, and so its transaction."""
    turn, answer = threading.RLock(), WSGIHandler.__call__

    def in_turn(handler, environ, start_response):
        with turn:
            return answer(handler, environ, start_response)

    patch = pytest.MonkeyPatch()
    patch.setattr(WSGIHandler, "__call__", in_turn)
    yield
    patch.undo()


class Window:
    """Opens pages, and remembers what went wrong in any of them."""

    def __init__(self, browser: Browser, base_url: str):
        self.browser, self.base_url = browser, base_url
        self.contexts, self.faults = [], []

    def open(self, width: int = 1440, height: int = 900, **options) -> Page:
        options.setdefault("reduced_motion", "reduce")
        context = self.browser.new_context(
            base_url=self.base_url, viewport={"width": width, "height": height}, locale="nb-NO", **options
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", self.sent)
        return page

    def heard(self, message):
        # A refused form (422) and a stranger's 404 are answers; the browser calls every such page an error.
        answer = message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]
        if message.type == "error" and not answer:
            self.faults.append(f"console: {message.text} at {message.location['url']}")

    def sent(self, request):
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.hostname not in HOME:
            self.faults.append(f"request left this machine: {request.url}")

    def close(self):
        for context in self.contexts:
            context.close()


@pytest.fixture
def window(browser, live_server):
    opened = Window(browser, live_server.url)
    yield opened
    opened.close()
    assert opened.faults == []


@pytest.fixture
def page(window) -> Page:
    return window.open()


@pytest.fixture
def phone(window) -> Page:
    return window.open(390, 844, is_mobile=True, has_touch=True)


@pytest.fixture(params=["desk", "phone", "keyboard"])
def screen(request, window) -> Page:
    """The same journey at a desk, on a phone, and at a desk by the keyboard alone."""
    if request.param == "phone":
        return window.open(390, 844, is_mobile=True, has_touch=True)
    page = window.open()
    page.by_keyboard = request.param == "keyboard"
    return page


@pytest.fixture
def no_js(window) -> Page:
    return window.open(java_script_enabled=False)


@pytest.fixture
def world(live_server):
    """A few families on a Tuesday morning. The server's clock starts there and goes on."""
    from tests.journeys import world as made
    from tests.journeys.kept import again

    with time_machine.travel(made.NOW, tick=True):
        yield again(made.build)


@pytest.fixture
def sign_in(live_server, settings):
    """Give a page the session of a member of staff, without walking through the sign-in page."""

    def enter(page: Page, user) -> Page:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return page

    return enter


def violations(page: Page, *but: str) -> list[str]:
    """What axe finds on the page as it stands, but for some of its rules."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": RULES, "rules": {name: {"enabled": False} for name in but}, **FINDINGS_ALONE}
    found = page.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [f"{v['impact']} {v['id']}: {', '.join(str(n['target'][0]) for n in v['nodes'][:4])}" for v in found]


@pytest.fixture
def axe():
    return violations


@pytest.fixture
def looks_right():
    """The whole page: no finding of axe with everything opened, and no sideways scroll, in this scheme.

    A menu that lies over the page is opened where it lies beside it; on a phone it would hide what is judged.
    """

    def check(page: Page, scheme: str = "light") -> None:
        page.evaluate(
            "s => { document.documentElement.dataset.colorScheme = s;"
            " document.querySelectorAll('details').forEach("
            "   d => d.open = innerWidth >= 1024 || !('closes' in d.dataset)) }",
            scheme,
        )
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} scrolls {wide} px sideways"
        assert violations(page) == []

    return check
