"""P3, P6 and P12: a worklist page, a child's page, and what a browser fetches first."""

import os
from pathlib import Path

from benchmarks.measure import Row, bare_statements, p95, seconds, side_by_side

REQUESTS = 40


def _client(role: str):
    from django.test import Client

    from fotspor.kit import clock
    from fotspor.services.models import Membership

    client = Client(SERVER_NAME="127.0.0.1")
    post = Membership.objects.in_force(clock.today()).filter(role=role, unit__kind="health_station").first()
    client.force_login(post.staff)
    assert client.get("/").status_code == 200, "nobody is signed in"
    return client


def _bare_page(client) -> tuple:
    """The same rows through a bare Django template: what a list costs when nobody asks who may see it."""
    from django.db import connection
    from django.template import Context, Engine

    from fotspor.worklist.models import Task

    template = Engine().from_string(
        "<table>{% for t in tasks %}<tr><td>{{ t.title }}<td>{{ t.person.given_name }}<td>{{ t.due_on }}</tr>"
        "{% endfor %}</table>"
    )
    unit = Task.objects.open().values_list("unit_id", flat=True).first()

    def bare():
        rows = Task.objects.open().filter(unit_id=unit).select_related("person").order_by("due_on")[:50]
        return template.render(Context({"tasks": rows}))

    return bare, connection.vendor


def worklist_page() -> Row:
    client = _client("nurse")
    client.get("/")
    bare, vendor = _bare_page(client)
    ours, reference = side_by_side(lambda: client.get("/"), bare, rounds=REQUESTS)
    slow = p95(seconds(lambda: client.get("/"), REQUESTS))
    return Row(
        "P3",
        f"the day's page, p95 of the whole request ({vendor})",
        f"{slow * 1000:.0f} ms (quickest {ours * 1000:.0f})",
        f"{reference * 1000:.1f} ms",
        ours / reference,
        "<= 50 ms, <= 3x",
        slow <= 0.05 and ours / reference <= 3,
        against="50 of the unit's rows through a bare template, nobody asked who may see them",
        milliseconds=slow * 1000,
        limit_milliseconds=50,
    )


def child_page() -> Row:
    from django.db import connection

    from fotspor.people.models import Journey

    client = _client("nurse")
    addresses = [f"/barn/{key}/" for key in Journey.objects.open().exclude(child=None).values_list("key", flat=True)]
    address = next(a for a in addresses if client.get(a).status_code == 200)
    captured = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):  # what begins and ends a turn asks nothing
            captured.append(sql)
        return execute(sql, params, many, context)

    def look():
        client.get(address)

    with connection.execute_wrapper(note):
        look()
    bare = bare_statements(look)
    ours, reference = side_by_side(look, bare, rounds=REQUESTS // 2)
    taken = p95(seconds(look, REQUESTS))
    return Row(
        "P6",
        f"a child's page, p95 of the whole request, {len(captured)} queries ({connection.vendor})",
        f"{taken * 1000:.0f} ms (quickest {ours * 1000:.0f})",
        f"{reference * 1000:.1f} ms",
        ours / reference,
        "<= 60 ms, <= 25 queries",
        taken <= 0.06 and len(captured) <= 25,
        against="its statements to the database alone",
        milliseconds=taken * 1000,
        limit_milliseconds=60,
    )


def first_page() -> Row:
    """P12: what a browser fetches first, compressed."""
    import gzip

    from django.conf import settings
    from django.contrib.staticfiles import finders

    client = _client("nurse")
    page = client.get("/").content
    named = [word.split(b'"')[0].decode() for word in page.split(b'"/static/')[1:]]
    wanted = {name.split("#")[0].split("?")[0] for name in named} | {"kit/built/inter-latin.woff2"}
    total = len(gzip.compress(page))
    for name in wanted:
        found = finders.find(name)
        if found and os.path.isfile(found):
            body = Path(found).read_bytes()
            total += len(body) if name.endswith("woff2") else len(gzip.compress(body))
    assert settings.STATIC_URL == "/static/"
    return Row(
        "P12",
        "first page with css, script and font, gzip",
        f"{total / 1000:.0f} kB",
        f"{len(gzip.compress(page)) / 1000:.0f} kB",
        total / len(gzip.compress(page)),
        "<= 150 kB",
        total <= 150_000,
        against="the page alone",
    )
