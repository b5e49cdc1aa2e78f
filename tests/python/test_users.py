"""HttpUser and FastHttpUser: what their clients are made with, and FastHttpUser.rest()."""

import json
import sys
from contextlib import contextmanager
from types import ModuleType

import pytest

from locust import FastHttpUser, HttpUser
from locust.exception import StopTest
from support import environment_of


class Client:
    """A session that remembers what it was made with and what was asked of it."""

    def __init__(self, **options):
        self.options = options
        self.asked = []
        self.answer = Answer("{}")

    @contextmanager
    def request(self, method, url, **options):
        self.asked.append((method, url, options))
        yield self.answer


class Answer:
    status_code, error = 200, None

    def __init__(self, text):
        self.text = text
        self.content = text.encode() if text is not None else None
        self.failures = []

    def json(self):
        return json.loads(self.text)

    def failure(self, reason):
        self.failures.append(reason)


@pytest.fixture(autouse=True)
def clients(monkeypatch):
    for name, session in (("locust.clients", "HttpSession"),
                          ("locust.contrib.fasthttp", "FastHttpSession")):
        module = ModuleType(name)
        setattr(module, session, Client)
        monkeypatch.setitem(sys.modules, name, module)


def make(base, **members):
    user_class = type("Tested", (base,), {"host": "http://host", **members})
    return user_class(environment_of(user_class))


def test_an_http_user_has_a_session_to_its_host():
    user = make(HttpUser, pool_manager="pool")
    assert user.client.options == {
        "base_url": "http://host", "user": user, "pool_manager": "pool",
        "request_event": user.environment.events.request}
    assert user.client.trust_env is False


def test_a_fast_http_user_passes_its_settings_on():
    user = make(FastHttpUser, network_timeout=1, default_headers={"a": "b"})
    options = user.client.options
    assert options["base_url"] == "http://host" and options["user"] is user
    assert options["network_timeout"] == 1 and options["headers"] == {"a": "b"}
    assert (options["connection_timeout"], options["max_redirects"], options["max_retries"],
            options["insecure"], options["concurrency"]) == (60.0, 30, 0, True, 10)


@pytest.mark.parametrize("base", [HttpUser, FastHttpUser])
def test_without_a_host_the_run_stops(base):
    with pytest.raises(StopTest, match="You must specify the base host"):
        make(base, host=None)


class TestRest:
    def ask(self, text="{}", act=lambda response: None, **answer):
        user = make(FastHttpUser)
        user.client.answer = Answer(text)
        vars(user.client.answer).update(answer)
        with user.rest("POST", "/cart", headers={"accept": "text/plain"}, json={"a": 1}) as response:
            act(response)
        self.asked = user.client.asked
        return response

    def test_asks_for_json_and_parses_it(self):
        assert self.ask('{"a": [1]}').js == {"a": [1]}
        assert self.asked == [("POST", "/cart", {
            "catch_response": True, "json": {"a": 1},
            "headers": {"accept": "text/plain", "Content-Type": "application/json"}})]

    def test_what_is_not_json_is_a_failure(self):
        response = self.ask("<html>")
        assert response.js is None
        assert response.failures[0].startswith(
            "Could not parse response as JSON. <html>, response code 200, error Expecting value")

    def test_an_empty_answer_is_none(self):
        response = self.ask("")
        assert response.js is None and response.failures == []

    def test_no_answer_is_a_failure(self):
        def act(response):
            raise AssertionError("no items,")

        assert self.ask(None, act, error=ConnectionError("refused")).failures == [
            "refused", "no items, response was None"]

    @pytest.mark.parametrize("assertion, failure", [
        (AssertionError("no items"), "no items"),
        (AssertionError("no items,"), "no items, response was {}"),
        (AssertionError(), "Assertion failed")])
    def test_assertions(self, assertion, failure):
        def act(response):
            raise assertion

        assert self.ask(act=act).failures == [failure]

    def test_other_exceptions_say_where(self):
        failure, = self.ask(act=lambda response: 1 / 0).failures
        assert failure.startswith("ZeroDivisionError: division by zero at ")
        assert "test_users.py" in failure and failure.endswith("Response was {}")
        assert "_rest.py" not in failure

    def test_past_caches(self, monkeypatch):
        monkeypatch.setattr("locust.user.users.time.time", lambda: 12.5)
        user = make(FastHttpUser)
        for url in ("/a", "/a?b=1"):
            with user.rest_("GET", url):
                pass
        assert [(url, options["name"]) for _, url, options in user.client.asked] == [
            ("/a?_=12500", "/a?_=..."), ("/a?b=1&_=12500", "/a?b=1&_=...")]
