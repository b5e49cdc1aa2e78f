"""A user that is killed, or whose Timeout expires, at every place where a request waits: 10,000
times, and nothing is left of it: no connection, no greenlet, no object."""

import gc
import os
import socket
import sys

import gevent
import greenlet
import pytest
from conftest import FastHttpSession, HttpSession
from gevent import Timeout
from locust.clients import ResponseContextManager
from locust.contrib.fasthttp import FastResponse

import _swarm

TIMES = 10_000
AT_ONCE = 50
PLACES = ["connecting", "head", "body", "stream", "keep_alive", "handshake"]


class Silent:
    """A port of loopback that takes connections and never says a word."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.url = "{}://127.0.0.1:%d" % self.socket.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class Full(Silent):
    """A port whose queue of connections is full: connecting to it takes for ever."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.url = "{}://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.fillers = [socket.socket() for _ in range(4)]
        for filler in self.fillers:
            filler.setblocking(False)
            filler.connect_ex(self.socket.getsockname())

    def __exit__(self, *_):
        for filler in self.fillers:
            filler.close()
        super().__exit__()


@pytest.fixture(params=PLACES)
def request_at(request, target):
    """A call that waits at one place, for good."""
    with Full() as full, Silent() as silent:
        def connecting(make):
            make(full.url.format("http")).get("/")

        def head(make):
            make(silent.url.format("http")).get("/")

        def handshake(make):
            make(silent.url.format("https")).get("/")

        def body(make):
            make(target.url).get("/stream/1000000?interval_ms=1000")

        def stream(make):
            for _ in make(target.url).get("/stream/1000000?interval_ms=1000", stream=True) \
                    .iter_content(1_000_000):
                pass

        def keep_alive(make):
            client = make(target.url)
            assert client.get("/success").status_code == 200
            client.get("/delay/60s")

        yield locals()[request.param]


def left_over():
    gc.collect()
    gc.collect()
    kinds = (greenlet.greenlet, _swarm.Session, Timeout)
    counts = [sum(isinstance(each, kind) for each in gc.get_objects()) for kind in kinds]
    # Responses are hidden from the collector, but each refers to its class.
    counts += [sys.getrefcount(ResponseContextManager), sys.getrefcount(FastResponse)]
    return counts + [len(os.listdir("/proc/self/fd"))]


def make_http(url):
    return HttpSession(url, None, None)


def make_fast(url):
    return FastHttpSession(url)


def kill_many(request_at, make, turns):
    users = [gevent.spawn(request_at, make) for _ in range(AT_ONCE)]
    for _ in range(turns):
        gevent.sleep(0)
    assert not any(user.ready() for user in users)
    gevent.killall(users)
    assert all(user.ready() and user.exception is None for user in users), users[0].exception


def expire_many(request_at, make, turns):
    def user():
        timeout = Timeout(0.0002 * turns, exception=False)
        with timeout:
            request_at(make)

    users = [gevent.spawn(user) for _ in range(AT_ONCE)]
    gevent.joinall(users, raise_error=True)


@pytest.mark.parametrize("end_many", [kill_many, expire_many])
@pytest.mark.parametrize("make", [make_http, make_fast])
def test_nothing_is_left(request_at, make, end_many, target):
    end_many(request_at, make, 3)  # what is made once
    gevent.sleep(0.01)
    before = left_over()
    for round_ in range(TIMES // AT_ONCE // 4):
        end_many(request_at, make, round_ % 7)
    gevent.sleep(0.01)
    # What tests before this one have left may go meanwhile.
    assert all(now <= then for now, then in zip(left_over(), before)), (left_over(), before)


def test_a_client_goes_on_after_an_interruption(target):
    client = HttpSession(target.url, None, None)
    for _ in range(100):
        with Timeout(0.001, exception=False):
            client.get("/delay/60s")
        assert client.get("/success").status_code == 200
