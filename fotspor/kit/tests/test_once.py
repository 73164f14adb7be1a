"""A form sent twice does one thing; a refused form may be sent again."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from fotspor.kit.middleware import TOKEN_FIELD, OncePosted, PrivatePages
from fotspor.kit.models import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(monkeypatch):
    monkeypatch.setattr("fotspor.kit.middleware.messages.info", lambda request, text: None)

    def send(view, token="t1"):
        request = RequestFactory().post("/skjema", {TOKEN_FIELD: token} if token else {})
        request.user = AnonymousUser()
        return OncePosted(None).process_view(request, view, (), {})

    return send


def test_a_repeat_goes_where_the_first_one_went_and_does_nothing(post):
    done = []

    def view(request):
        done.append(1)
        return HttpResponseRedirect("/kvittering")

    assert post(view)["Location"] == "/kvittering"
    assert post(view)["Location"] == "/kvittering"
    assert done == [1]


def test_another_token_is_another_form(post):
    done = []

    def view(request):
        done.append(1)
        return HttpResponseRedirect("/kvittering")

    post(view, "t1")
    post(view, "t2")
    assert done == [1, 1]


def test_a_refused_form_stores_nothing_and_may_be_sent_again(post):
    def refusing(request):
        Submission.objects.create(token="written by the view", path="x")
        return HttpResponse("no", status=422)

    assert post(refusing).status_code == 422
    assert Submission.objects.count() == 0
    assert post(lambda r: HttpResponseRedirect("/kvittering"))["Location"] == "/kvittering"


def test_a_view_that_fails_leaves_no_token(post):
    def failing(request):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        post(failing)
    assert Submission.objects.count() == 0


def test_without_a_token_the_view_is_called_as_usual(post):
    assert post(lambda r: HttpResponse(), token="") is None


def test_private_pages_are_not_stored_by_the_browser():
    page = PrivatePages(lambda request: HttpResponse("a child"))(RequestFactory().get("/lop/abc"))
    assert page["Cache-Control"] == "no-store, private"
    assert "HX-Request" in page["Vary"]
    static = PrivatePages(lambda request: HttpResponse("css"))(RequestFactory().get("/static/x.css"))
    assert "Cache-Control" not in static
