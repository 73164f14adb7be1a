"""A browser for measuring: pages over HTTP with one cookie jar, their links and forms, and how long each took."""

import http.client
import re
import time
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

PATIENCE_SECONDS = 30
KEY = r"[\w-]{16}"
LEFT_OUT = {"submit", "button", "file", "image", "reset"}


@dataclass
class Form:
    """A form as the page draws it, with what it would send as it stands."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)  # what may be chosen, the empty choice left out


@dataclass
class Page:
    """What came back. Status 0: nothing came, and `text` says why."""

    url: str
    status: int
    text: str
    seconds: float
    location: str = ""

    def addresses(self, pattern: str) -> list[str]:
        """Links and form addresses that are like the pattern, in which KEY stands for somebody's or something's."""
        wanted = re.compile(pattern.replace("KEY", f"({KEY})") + r"(?:\?[^#]*)?")
        found = re.findall(r'(?:href|action|formaction)="([^"#]+)"', self.text)
        return list(dict.fromkeys(unescape(each) for each in found if wanted.fullmatch(unescape(each))))

    def keys(self, pattern: str) -> list[str]:
        """The first key in each such address."""
        return list(dict.fromkeys(re.findall(KEY, each)[0] for each in self.addresses(pattern)))

    def forms(self) -> list[Form]:
        reader = _Forms(self.url)
        reader.feed(self.text)
        for form_id, name, value in reader.elsewhere:
            if form_id in reader.by_id:
                reader.by_id[form_id].values.setdefault(name, value)
        return reader.found

    def form(self, address: str = "") -> Form | None:
        """The form that is sent to this address, or to the page's own."""
        wanted = urlsplit(address or self.url).path
        return next((form for form in self.forms() if urlsplit(form.action).path == wanted), None)


class _Forms(HTMLParser):
    def __init__(self, at: str):
        super().__init__()
        self.at, self.found, self.form, self.select, self.area = at, [], None, "", ""
        self.by_id, self.elsewhere = {}, []

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "form":
            self.form = None
            if given.get("method", "").lower() == "post":
                self.form = Form(urljoin(self.at, given.get("action") or self.at))
                self.found.append(self.form)
                self.by_id[given.get("id")] = self.form
        elif self.form is None:
            if tag == "input" and name and given.get("form"):
                self.elsewhere.append((given["form"], name, given.get("value", "")))
        elif tag == "select":
            self.select = name
            self.form.values.setdefault(name, "")
        elif tag == "option" and self.select:
            self._choose(self.select, given.get("value", ""), "selected" in given)
        elif tag == "textarea" and name:
            self.area = name
            self.form.values[name] = ""
        elif tag == "input" and name:
            self._input(name, given)

    def _input(self, name, given):
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind in ("radio", "checkbox"):
            self._choose(name, value or "on", "checked" in given, is_sent=False)
        elif kind not in LEFT_OUT:
            self.form.values[name] = value

    def _choose(self, name, value, is_chosen, is_sent=True):
        if value:
            self.form.choices.setdefault(name, []).append(value)
        if is_chosen or (is_sent and name not in self.form.values):
            self.form.values[name] = value

    def handle_data(self, text):
        if self.area and self.form is not None:
            self.form.values[self.area] += text.lstrip("\n")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


class Browser:
    """One person's. A connection per request, as behind a proxy: sync workers close theirs after each answer."""

    def __init__(self, port: int, session: str = ""):
        self.port, self.cookies = port, {"sessionid": session} if session else {}

    def get(self, url: str) -> Page:
        return self._ask("GET", url)

    def send(self, form: Form, **values: str) -> Page:
        sent = urlencode({**form.values, **values})
        return self._ask("POST", form.action, sent, {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, method: str, url: str, body: str | None = None, headers: dict[str, str] | None = None) -> Page:
        headers = dict(headers or {}, Cookie="; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, url, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return Page(url, 0, type(error).__name__, time.perf_counter() - began)
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _is, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Page(url, answer.status, text, time.perf_counter() - began, answer.headers.get("Location", ""))
