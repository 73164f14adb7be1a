"""`make screens`: pictures of the demo's pages at 1440 x 900 and 390 x 844, into docs/pictures/.

Uses the demo's own database (`make demo` first). Each page is opened by a member of staff in the role that uses it.
"""

import os
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fotspor.config.settings")
os.environ.setdefault("FOTSPOR_MODE", "demo")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from tests.journeys.conftest import ARGUMENTS, chromium  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@dataclass(frozen=True)
class Screen:
    """One picture: its name, the role that opens it (none: not signed in), the page, and what its address needs."""

    name: str
    role: str | None
    url: str
    arguments: Callable[[], dict] = dict


def a_child() -> dict:
    """The child with the longest way behind it, among those whose baton the nurse's unit holds."""
    from django.db.models import Count, Q

    from fotspor.people.models import Journey

    unit = post_of("nurse").unit
    held = Journey.objects.filter(closed_on=None, child__isnull=False, batons__unit=unit, batons__until_at=None)
    walked = held.annotate(steps=Count("contacts", filter=~Q(contacts__outcome=""), distinct=True))
    return {"key": walked.order_by("-steps", "pk")[0].key}


def a_form() -> dict:
    """The form that was written in this morning and is not signed yet."""
    from fotspor.instruments.models import Response

    found = Response.objects.filter(signed_at=None, withdrawn_at=None, unit=post_of("nurse").unit)
    return {"key": found.latest("pk").key}


SCREENS = [
    Screen("sign-in", None, "services:demo_sign_in"),
    Screen("day", "nurse", "desk:day"),
    Screen("child", "nurse", "desk:child", a_child),
    Screen("epds", "nurse", "instruments:response", a_form),
    Screen("batons", "nurse", "pathways:batons"),
    Screen("calendar", "nurse", "pathways:calendar"),
    Screen("unit", "unit_leader", "desk:unit"),
    Screen("components", None, "kit:gallery"),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def post_of(role: str):
    """The first post of the role: the one whose day the demo is made for."""
    from fotspor.services.models import Membership

    post = Membership.objects.filter(role=role, until_on=None).select_related("staff", "unit").order_by("pk").first()
    if post is None:
        sys.exit(f"Nobody in the demo has the role {role!r}. Run `make demo` first.")
    return post


def session_of(role: str) -> str:
    """A session of somebody who has the role now."""
    client = Client()
    client.force_login(post_of(role).staff)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def take(browser: Browser, home: str, screen: Screen) -> None:
    address = home + reverse(screen.url, kwargs=screen.arguments())
    for size, (width, height) in SIZES.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="nb-NO", reduced_motion="reduce"
        )
        if screen.role:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(screen.role), "url": home}])
        page = context.new_page()
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            sys.exit(f"{screen.name}: {address} answered {answer and answer.status}")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=PICTURES / f"{screen.name}-{size}.png")
        context.close()
    print(f"{screen.name}: {address.removeprefix(home)}")


def main() -> None:
    path = chromium() or sys.exit("Chromium is not installed.")
    call_command("collectstatic", interactive=False, verbosity=0)
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, "--hide-scrollbars"])
            for screen in SCREENS:
                take(browser, home, screen)
            browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
