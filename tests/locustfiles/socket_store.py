"""A key-value store that speaks lines over TCP: a User of our own, without any of Locust's clients.

Run with --host tcp://HOST:PORT.
"""

import socket
import time
from contextlib import contextmanager
from urllib.parse import urlparse

from locust import User, constant, events, task
from locust.exception import StopUser

USERS = 3


class StoreError(Exception):
    pass


class StoreClient:
    def __init__(self, host, request_event):
        url = urlparse(host)
        self.address = (url.hostname, url.port)
        self.request_event = request_event
        self.socket = None

    def connect(self):
        self.socket = socket.create_connection(self.address, timeout=5)
        self.lines = self.socket.makefile("rb")

    def send(self, command, name=None, context={}):
        """Classic way: measure by hand and fire the event."""
        meta = {
            "request_type": "store",
            "name": name or command.split()[0],
            "response_length": 0,
            "response": None,
            "context": context,
            "exception": None,
            "start_time": time.time(),
        }
        start = time.perf_counter()
        try:
            meta["response"] = self.talk(command)
            meta["response_length"] = len(meta["response"])
        except (OSError, StoreError) as e:
            meta["exception"] = e
        meta["response_time"] = (time.perf_counter() - start) * 1000
        self.request_event.fire(**meta)
        return meta["response"]

    def talk(self, command):
        self.socket.sendall(command.encode() + b"\n")
        line = self.lines.readline()
        if not line:
            raise StoreError("connection lost")
        if line.startswith(b"ERROR"):
            raise StoreError(line.decode().strip())
        return line.strip()


@contextmanager
def measure_by_hand(request_type, name, response_length=0, context=None):
    """For Locusts that are too old to have it (it came with 2.13)."""
    meta = {"request_type": request_type, "name": name, "response_length": response_length,
            "context": context or {}, "exception": None, "start_time": time.time()}
    start = time.perf_counter()
    try:
        yield meta
    except Exception as e:
        meta["exception"] = e
    finally:
        meta["response_time"] = (time.perf_counter() - start) * 1000
        events.request.fire(**meta)


measure = getattr(events.request, "measure", measure_by_hand)


class StoreUser(User):
    wait_time = constant(0.01)
    left = USERS

    def on_start(self):
        self.client = StoreClient(self.host, self.environment.events.request)
        with measure("store", "connect"):
            self.client.connect()

    @task
    def use(self):
        client = self.client
        client.send("PING")
        client.send("SET colour green", name="SET [key]")
        assert client.send("GET colour") == b"VALUE blue"
        client.send("FLUSH")  # an unknown command: a failure with the store's own text

        # the new way
        with measure("store", "bulk", context={"size": "3000"}) as meta:
            meta["response_length"] = len(client.talk("BULK 3000"))
        with measure("store", "missing") as meta:
            if client.talk("GET nothing") == b"MISSING":
                raise StoreError("not found")
        with measure("store", "renamed later") as meta:
            client.talk("PING")
            meta["name"] = "better name"

        client.send("DROP", name="drop")
        with measure("store", "reconnect"):
            client.connect()
        client.talk("PING")  # not measured
        # something that has no response time
        events.request.fire(request_type="note", name="round", response_time=None, response_length=0,
                            exception=None, context={})
        if self.client.send("PING", name="last PING"):
            raise StopUser()

    def on_stop(self):
        StoreUser.left -= 1
        if StoreUser.left == 0:
            self.environment.runner.quit()


@events.request.add_listener
def check(request_type, name, response_time, response_length, exception, context, **kwargs):
    assert isinstance(context, dict)
    if name == "bulk":
        print("bulk:", response_length, "bytes,", context["size"], "expected")
