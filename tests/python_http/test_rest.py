"""rest() and rest_() of both users, and what the client says about adapters."""

import json

import pytest
from locust import FastHttpUser, HttpUser, clients
from locust.env import Environment

KINDS = pytest.mark.parametrize("kind", [HttpUser, FastHttpUser])


@pytest.fixture
def user(server, hook):
    def make(kind):
        user_class = type("Shopper", (kind,), {"host": server.url, "tasks": [print]})
        made = user_class(Environment(user_classes=[user_class]))
        made.client.request_event = hook
        made.client._own_listener = made.client._tell_own_hook
        return made

    return make


@KINDS
def test_rest_parses_the_answer(user, reported, kind):
    with user(kind).rest("POST", "/echo", json={"a": 1}) as response:
        assert response.js == json.loads(response.text)
    assert reported[-1]["exception"] is None
    sent = {name.lower(): value for name, value in response.request.headers.items()}
    assert sent["accept"] == sent["content-type"] == "application/json"


@KINDS
def test_an_assertion_in_the_block_fails_the_request(user, reported, kind):
    with user(kind).rest("GET", "/echo") as response:
        assert response.js
        raise AssertionError("not what was wanted,")
    assert str(reported[-1]["exception"]).startswith("not what was wanted, response was ")


@KINDS
def test_an_answer_that_is_no_json_fails_the_request(user, reported, kind):
    with user(kind).rest("GET", "/bad_json") as response:
        assert response.js is None
    assert "Could not parse response as JSON" in str(reported[-1]["exception"])


@KINDS
def test_rest_past_caches_has_one_name(user, reported, kind):
    with user(kind).rest_("GET", "/echo?x=1") as response:
        assert "_=" in response.url
    assert reported[-1]["name"] == "/echo?x=1&_=..."


def test_adapters_are_ignored_with_one_word(client, caplog):
    class Adapter:
        pass

    clients.ignored_adapters.clear()
    for _ in range(3):
        client.mount("https://", Adapter())
    assert [record.getMessage() for record in caplog.records] == [
        "client.mount('https://', Adapter) has no effect: swarm keeps connections itself, and never "
        "sends a request again"]
