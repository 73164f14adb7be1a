"""Every form of every page that somebody can open, as the page draws it; and what can be put in a field of it."""

import io
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes, urljoin, urlsplit

from hypothesis import strategies as st

from tests.fire.town import AT_WORK, NOBODY, SIGNED_OUT, STRANGERS, addresses

WHO = ("nurse", "midwife", "leader", "kindergarten", "administrator", "officer", "director")
FIRST = {  # who is tried first at the addresses of an app
    "services": ("administrator", "leader", "nurse"),
    "access": ("officer", "nurse", "leader"),
    "operation": ("administrator",),
    "account_login": (SIGNED_OUT,),
}
LEAVES = {"account_logout"}


@dataclass
class Form:
    """Who can send it, where to, and each field's name with a value that the page itself offers."""

    who: str
    url: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)  # name, type, value
    has_file: bool = False


class _Reader(HTMLParser):
    def __init__(self, who, at):
        super().__init__()
        self.who, self.at, self.found, self.form, self.select, self.area = who, at, [], None, "", ""

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            where = urlsplit(urljoin(self.at, given.get("action") or self.at))
            self.form = None
            if given.get("method", "get").lower() == "post":
                self.form = Form(self.who, f"{where.path}?{where.query}" if where.query else where.path)
                self.found.append(self.form)
        elif self.form is not None:
            self._field(tag, given)

    def _field(self, tag, given):
        name = given.get("name", "")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self.form.fields.append((self.select, "choice", given.get("value", "")))
        elif tag in ("input", "button", "textarea") and name and name != "csrfmiddlewaretoken":
            kind = given.get("type", "text") if tag == "input" else tag
            self.form.has_file = self.form.has_file or kind == "file"
            self.form.fields.append((name, kind, given.get("value", "")))

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""


def pages(town):
    """Each address with the first who is let in; those that are no page are only sent to."""
    opened, closed = [], []
    for name, words in addresses():
        if name in LEAVES:
            continue
        url = town.url(name, words)
        for who in FIRST.get(name.partition(":")[0], WHO):
            answer = town.browser(who).get(url)
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                opened.append((name, words, who, url, answer))
            if answer.status_code != 404:
                break
        if answer.status_code != 200:
            closed.append((name, words, "nurse" if answer.status_code == 404 else who, url))
    return opened, closed


def forms(opened, closed):
    """The forms that are drawn, each once, and a bare one for each address that takes posts from elsewhere."""
    found = {}
    for _name, _words, who, url, answer in opened:
        reader = _Reader(who, url)
        reader.feed(answer.content.decode())
        for form in reader.found:
            if form.url != "/konto/ut/":
                found.setdefault((form.who, form.url), form)
    sent_to = {urlsplit(form.url).path for form in found.values()}
    for _name, _words, who, url in closed:
        if url not in sent_to:
            found[who, url] = Form(who, url, [("_once", "hidden", "x"), ("version", "hidden", "1")])
    return [form for _key, form in sorted(found.items())]


# --- what is put in a field ----------------------------------------------------------------------------------

BAD = [
    b"", b" ", b"\t\r\n", b"\x00", b"a\x00b", b"\xff\xfe\x00", b"\xed\xa0\x80", b"\xc0\xae\xc0\xae/",
    "\u202e\u200b\ufeff".encode(), "\U0001f469\u200d\U0001f467".encode(), "Ánne-Máret".encode(),
    "\u0663\u0664".encode(), "\u00b2".encode(), "\u2460".encode(),
    b"x" * 70, b"x" * 300, b"x" * 6_000, b"\n" * 2_000,
    b"<img src=x onerror=1>\"'&", b"{{ 7*7 }}{% debug %}", b"%s%n%(x)s", b"' OR 1=1 --", b"\\", b"../../../etc/passwd",
    b"=cmd|' /C calc'!A0", b'{"a":1}', b"[]", b"null", b"None", b"true", b"on",
    b"0", b"-1", b"1", b"2147483648", b"9223372036854775808", b"9" * 400, b"1e999", b"NaN", b"1.5",
    b"2026-11-24", b"9999-12-31", b"0001-01-01", b"10000-01-01", b"2026-02-30", b"31.12.9999", b"01.01.1900",
    b"241126", b"2027-06-01", b"2025-01-01", b"24:00", b"23:59:60", b"09.30", b"2026-11-24T10:00:00Z",
    b"nb", b"ignored@example.org", b"a@b", b"12345678901", b"00000000000", b"24112699999", NOBODY.encode(),
]  # fmt: skip
VALUE = st.one_of(
    st.sampled_from(BAD), st.sampled_from(BAD), st.binary(max_size=40), st.text(max_size=60).map(str.encode)
)
QUERY = ["page", "vis", "q", "kind", "mother", "child", "children", "contact", "day", "hvem", "klasse", "material"]
QUERY += ["next", "person", "span", "whose", "from_on", "to_on", "staff", "state", "left", "password", "upto", "bydel"]
HEADERS = [
    {}, {}, {}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "result"},
    {"HTTP_ACCEPT_LANGUAGE": "xx-\xff;q=9,,,"}, {"HTTP_X_FOTSPOR_POLL": "1"}, {"HTTP_REFERER": "http://x/\x01"},
]  # fmt: skip


def encoded(pairs):
    """As a browser writes a form, and as a browser never would."""
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs)


@st.composite
def filled(draw, form):
    """The form as somebody could send it: some fields spoilt or left out, or all; now and then an unknown one."""
    spoils = draw(st.sampled_from([1, 1, 2, 3, len(form.fields)]))
    names = sorted({name for name, _kind, _value in form.fields})
    chosen = set(draw(st.lists(st.sampled_from(names), max_size=spoils, unique=True))) if names else set()
    pairs = []
    for name in names:
        values = [value for each, kind, value in form.fields if each == name and kind != "file"]
        if name in chosen:
            pairs += [(name.encode(), draw(VALUE))] * draw(st.sampled_from([0, 1, 1, 1, 1, 2]))
        elif values:
            pairs.append((name.encode(), draw(st.sampled_from(values)).encode()))
    if draw(st.integers(0, 9)) == 0:
        pairs.append((draw(VALUE)[:80], draw(VALUE)))
    return pairs


@st.composite
def files(draw, made):
    """A file: one that is right, cut, spoilt somewhere, of another kind, or nothing but noise."""
    content = draw(st.sampled_from([*made, b"", b"\x00", b"PK\x03\x04", b"a;b\n1;2\n", b"a=[1"]))
    how = draw(st.sampled_from(["whole", "cut", "spoilt", "noise", "put in"]))
    if how == "cut":
        return content[: draw(st.integers(0, max(len(content), 1)))]
    if how == "spoilt" and content:
        place = draw(st.integers(0, len(content) - 1))
        return content[:place] + draw(st.binary(min_size=1, max_size=4)) + content[place + 1 :]
    if how == "put in" and content:
        place = draw(st.integers(0, len(content)))
        return content[:place] + draw(VALUE) + content[place:]
    return draw(st.binary(max_size=300)) if how == "noise" else content


def repacked(content, spoil):
    """A spreadsheet with its first sheet changed, and whole all the same."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, spoil(part) if name == "xl/worksheets/sheet1.xml" else part)
    return stream.getvalue()


assert set(WHO) <= {*AT_WORK, *STRANGERS}
