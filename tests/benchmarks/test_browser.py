"""The measuring browser reads pages as a person does: links, forms with what they would send, and nobody else's."""

import http.server
import threading
from urllib.parse import parse_qs

import pytest

from benchmarks.browser import Browser, Page

KEY = "Q9tU6t4nO8zYGzDa"
HTML = f"""
<a href="/barn/fil/">x</a><a href="/barn/{KEY}/">x</a><a href="/barn/{KEY}/?vis=liste">x</a>
<a href="/lop/kontakt/yuQIM_4NpVuALR0q/time/">x</a>
<form method="get" action="/sok/"><input name="q"></form>
<form method="post" id="svar" action="/skjema/{KEY}/utkast/">
  <input type="hidden" name="csrfmiddlewaretoken" value="t&amp;k"><input type="text" name="place" value="Rom 1">
  <input type="radio" name="q1" value="0"><input type="radio" name="q1" value="1">
  <input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b" checked>
  <input type="checkbox" name="confirmed">
  <select name="unit"><option value=""></option><option value="u1">En</option><option value="u2">To</option></select>
  <select name="language"><option value="nb">nb</option><option value="nn" selected>nn</option></select>
  <textarea name="note">
Alt vel</textarea><button name="pressed" value="1">Lagre</button><input type="file" name="paper">
</form>
<input type="hidden" name="version" value="4" form="svar">
"""


@pytest.fixture
def shown():
    return Page(f"/skjema/{KEY}/", 200, HTML, 0.01)


def test_only_addresses_with_a_key_are_somebodys(shown):
    assert shown.keys("/barn/KEY/") == [KEY]
    assert shown.addresses("/barn/KEY/") == [f"/barn/{KEY}/", f"/barn/{KEY}/?vis=liste"]
    assert shown.keys("/lop/kontakt/KEY/(?:time/)?") == ["yuQIM_4NpVuALR0q"]


def test_a_form_sends_what_stands_in_it(shown):
    (form,) = shown.forms()
    assert form.action == f"/skjema/{KEY}/utkast/"
    assert form.values == {
        "csrfmiddlewaretoken": "t&k", "place": "Rom 1", "kind": "b", "unit": "", "language": "nn", "note": "Alt vel",
        "version": "4",
    }  # fmt: skip
    assert form.choices == {
        "q1": ["0", "1"], "kind": ["a", "b"], "confirmed": ["on"], "unit": ["u1", "u2"], "language": ["nb", "nn"],
    }  # fmt: skip


def test_a_form_is_found_by_where_it_is_sent(shown):
    assert shown.form(f"/skjema/{KEY}/utkast/") is not None
    assert shown.form() is None


class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Set-Cookie", "csrftoken=abc; Path=/")
        self.end_headers()
        self.wfile.write(self.headers["Cookie"].encode())

    def do_POST(self):
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(302)
        self.send_header("Location", f"/{sent['unit'][0]}/")
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.fixture
def port():
    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_cookies_stay_and_a_redirect_is_not_followed_by_itself(port, shown):
    browser = Browser(port, "s1")
    assert browser.get("/").text == "sessionid=s1"
    assert browser.get("/").text == "sessionid=s1; csrftoken=abc"
    (form,) = shown.forms()
    answer = browser.send(form, unit="u2")
    assert (answer.status, answer.location) == (302, "/u2/")
    assert answer.seconds > 0


def test_nobody_there_is_no_answer_and_no_crash():
    answer = Browser(1).get("/")
    assert (answer.status, answer.text) == (0, "ConnectionRefusedError")
