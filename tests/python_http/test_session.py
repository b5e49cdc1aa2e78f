"""Sessions and responses: their lives, settings, reports and refusals."""

import gc
import sys
import time
import weakref

import gevent
import pytest
from conftest import FastHttpSession, HttpSession

import _swarm
from locust.exception import LocustError, StopUser


@pytest.fixture(params=["client", "fast"])
def any_client(request):
    return request.getfixturevalue(request.param)


def test_a_response_outlives_its_session(server):
    response = HttpSession(server.url).get("/json")
    gc.collect()
    assert response.json()["id"] == 7
    assert response.headers["content-type"] == "application/json"
    assert response.request.url.endswith("/json")


@pytest.mark.parametrize("kind", [HttpSession, FastHttpSession])
def test_nothing_is_left_of_requests(kind, server):
    any_client = kind(server.url)
    gc.collect()
    gc.disable()
    try:
        types = {type(any_client.get("/a")), type(any_client.get("/a", catch_response=True))}
        before = [sys.getrefcount(kind) for kind in types]
        for _ in range(50):
            any_client.get("/a", context={"a": 1})
            with any_client.get("/status/500_Bad", catch_response=True) as response:
                response.failure(f"text {response.text}")
            any_client.get("/json").json()
            any_client.get("/a", headers={"X": "y"}).headers.get("X")
        del response
        assert [sys.getrefcount(kind) for kind in types] == before
    finally:
        gc.enable()


def test_a_cycle_through_a_response_is_collected(server):
    response = HttpSession(server.url).get("/a")
    response.me = response
    gone = weakref.ref(response)
    del response
    gc.collect()
    assert gone() is None


def test_request_meta_refers_to_its_response_and_is_collected(server):
    with HttpSession(server.url).get("/a", catch_response=True) as response:
        assert response.request_meta["response"] is response
    gone = weakref.ref(response)
    del response
    gc.collect()
    assert gone() is None


def test_attributes_of_a_scenario_stay(any_client):
    response = any_client.get("/a")
    response.js = {"a": 1}
    assert response.js == {"a": 1}
    assert response.__dict__ == {"js": {"a": 1}}


def test_another_thread_is_refused(client):
    with pytest.raises(RuntimeError, match="main thread only"):
        gevent.get_hub().threadpool.spawn(client.get, "/a").get()
    assert client.get("/a").ok


def test_the_hub_is_refused(client):
    outcome = []

    def call():
        try:
            client.get("/a")
        except BaseException as error:
            outcome.append(type(error).__name__)

    gevent.get_hub().loop.run_callback(call)
    gevent.sleep(0.01)
    assert outcome == ["BlockingSwitchOutError"]
    assert client.get("/a").ok


def test_the_user_is_held_weakly():
    class User:
        def context(self):
            return {"user": 1}

    user = User()
    client = HttpSession("http://127.0.0.1:1", None, user)
    assert client.user is user
    gone = weakref.ref(user)
    del user
    assert gone() is None and client.user is None


def test_the_context_of_the_user_and_of_the_request(server, hook, reported):
    class User:
        def context(self):
            return {"a": "user", "b": "user"}

    user = User()
    HttpSession(server.url, hook, user).get("/a", context={"b": "request"})
    assert reported[0]["context"] == {"a": "user", "b": "request"}


def test_the_keyword_arguments_of_the_event(any_client, reported, server):
    response = any_client.get("/json", name="n")
    sample = reported[0]
    assert set(sample) == {"request_type", "response_time", "name", "context", "response",
                           "exception", "start_time", "url", "response_length"}
    assert sample["response"] is response
    assert sample["response_time"] > 0
    assert sample["response_length"] == len(response.content)
    assert sample["url"] == server.url + "/json"


def test_a_listener_may_steer_its_user(server, reported):
    class Hook:
        def fire(self, **sample):
            raise StopUser()

    with pytest.raises(StopUser):
        HttpSession(server.url, Hook(), None).get("/a")


def test_the_listener_of_all_requests(server):
    heard = []
    _swarm.set_request_listener(lambda **sample: heard.append(sample["name"]))
    try:
        HttpSession(server.url).get("/a")
        FastHttpSession(server.url).get("/b?x")
    finally:
        _swarm.set_request_listener(None)
    HttpSession(server.url).get("/c")
    assert heard == ["/a", "/b?x"]


def test_exceptions_of_requests_can_be_caught(client):
    import requests

    response = client.get("http://127.0.0.1:1/")
    with pytest.raises(requests.exceptions.ConnectionError):
        response.raise_for_status()
    with pytest.raises(requests.HTTPError) as caught:
        client.get("/status/503_Busy").raise_for_status()
    assert caught.value.response.status_code == 503
    with pytest.raises(requests.exceptions.JSONDecodeError):
        client.get("/bad_json").json()


def test_the_text_of_a_failure_is_the_repr_of_its_exception(any_client, reported):
    for path in ("/close", "/reset", "/truncated", "/bad_gzip", "/garbage", "/loop/0", "/status/404_No"):
        any_client.get(path)
    any_client.get("http://127.0.0.1:1/")
    any_client.get("http://nowhere.invalid/")
    for sample in reported:
        response = sample["response"]
        assert repr(sample["exception"]) == response._failure()[1]


def test_time_outs(server, hook, reported):
    client = HttpSession(server.url, hook, None)
    assert client.get("/slow", timeout=0.05).status_code == 0
    fast = FastHttpSession(server.url, hook, None, network_timeout=0.05)
    assert fast.get("/slow").status_code == 0
    assert "Read timed out. (read timeout=0.05)" in repr(reported[0]["exception"])
    assert repr(reported[1]["exception"]) == (
        f"RetriesExceeded('{server.url}/slow', 0, original=timed out)")


@pytest.mark.parametrize("timeout", [0, -1, "5", (1,), (1, 2, 3), (0, 1)])
def test_a_time_out_that_is_none(client, timeout):
    with pytest.raises(ValueError):
        client.get("/a", timeout=timeout)
    assert client.get("/a", timeout=(None, 5)).ok


@pytest.mark.parametrize("keyword", [{"proxies": {"http": "http://h"}}, {"cert": "file"}])
def test_what_is_not_there_yet_is_named(client, keyword):
    with pytest.raises(NotImplementedError, match=next(iter(keyword))):
        client.get("/a", **keyword)


def test_wrong_arguments(client):
    with pytest.raises(TypeError, match="'url'"):
        client.get()
    with pytest.raises(TypeError, match="multiple values"):
        client.get("/a", url="/b")
    with pytest.raises(TypeError):
        client.get("/a", "/b")
    with pytest.raises(TypeError, match="HeaderMap|Response|made by requests"):
        _swarm.Response()


def test_headers_of_a_session(any_client, server):
    any_client.headers["X-One"] = "1"
    any_client.headers.update({"x-two": "2"})
    any_client.get("/a")
    assert any_client.headers["x-one"] == "1" and "X-TWO" in any_client.headers
    any_client.headers.pop("x-One")
    any_client.get("/a")
    first, second = server.take()
    assert b"X-One: 1\r\n" in first and b"x-two: 2\r\n" in first
    assert b"X-One" not in second and b"x-two: 2\r\n" in second
    assert dict(any_client.headers.copy()) == dict(any_client.headers)


def test_a_header_of_a_session_that_cannot_be_sent(client):
    client.headers["X"] = "a\r\nb"
    with pytest.raises(ValueError, match="line break"):
        client.get("/a")
    client.headers["X"] = 5
    with pytest.raises(TypeError):
        client.get("/a")
    del client.headers["X"]
    assert client.get("/a").ok


def test_cookies_of_a_session(any_client, server):
    any_client.get("/headers?Set-Cookie=a%3D1%3B%20Path%3D/x&Set-Cookie=b%3D2")
    jar = any_client.cookies
    assert jar.get_dict() == {"a": "1", "b": "2"}
    assert jar.get("a", path="/x") == "1" and jar.get("none", "else") == "else"
    assert [(c.name, c.value, c.path) for c in jar if c.name == "a"] == [("a", "1", "/x")]
    jar.set("c", "3", path="/x")
    jar["d"] = "4"
    jar.update({"e": 5})
    assert sorted(jar.items()) == [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5")]
    server.take()
    any_client.get("/x/y")
    sent = dict(pair.split("=") for line in server.take()[0].decode().split("\r\n")
                if line.lower().startswith("cookie: ") for pair in line[8:].split("; "))
    assert sent == {"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}
    del jar["d"]
    jar.set("e", None)
    assert "d" not in any_client.cookies and "e" not in any_client.cookies
    jar.clear()
    assert len(any_client.cookies) == 0
    with pytest.raises(KeyError):
        any_client.cookies["a"]


def test_cookies_can_be_assigned(client):
    client.cookies = {"a": "1"}
    assert client.cookies.get_dict() == {"a": "1"}
    client.cookies = client.cookies
    assert client.cookies.get_dict() == {"a": "1"}


def test_locust_says_what_is_wrong_with_a_block(client):
    response = client.get("/a", catch_response=True)
    with pytest.raises(LocustError):
        response.failure("too early")


def test_a_block_is_reported_once(client, reported):
    response = client.get("/a", catch_response=True)
    for _ in range(2):
        with response:
            pass
    assert len(reported) == 1


def test_close_drops_the_connections(server, client):
    client.get("/a")
    client.get("/a")
    assert server.connections == 1
    client.close()
    client.get("/a")
    assert server.connections == 2


@pytest.mark.parametrize("kind", [HttpSession, FastHttpSession])
def test_a_class_with_a_request_of_its_own_sees_every_request(kind, server):
    seen = []

    class Own(kind):
        def request(self, method, url, **kwargs):
            seen.append((method, url, kwargs))
            return super().request(method, url, name="own", **kwargs)

    client = Own(server.url)
    assert client.get("/a").ok
    client.post("/b", {"a": 1}, headers={"X": "y"})
    client.post("/c", json=[1], params={"q": 1})
    assert seen == [("GET", "/a", {}), ("POST", "/b", {"data": {"a": 1}, "headers": {"X": "y"}}),
                    ("POST", "/c", {"json": [1], "params": {"q": 1}})]
    assert [request.split(b" ")[1] for request in server.take()] == [b"/a", b"/b", b"/c?q=1"]


def test_what_was_computed_before_a_request_is_not_its_timeout(client):
    began = time.monotonic()
    while time.monotonic() - began < 0.4:
        pass
    assert client.get("/success", timeout=0.3).status_code == 200
