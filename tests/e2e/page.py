"""What the tests know of the web UI from the outside: requests of one process, and a WebSocket."""

import base64
import http.client
import json
import os
import socket
import struct
import time
from pathlib import Path

from support import swarm_program

# A swarm of its own for each test, served at any port; the scenario requests what PATHS says.
SCENARIO = str(Path(swarm_program()).parent / "scenarios" / "paths.so")
SERVED = ("--web-host", "127.0.0.1", "--web-port", "0")
WHERE = r"Starting web interface at https?://127\.0\.0\.1:(\d+)"
PATHS = {"SWARM_TEST_PATHS": "GET /success"}


class Page:
    """A swarm's web interface, as scripts see it."""

    def __init__(self, port, base="", tls=None):
        self.port = port
        self.base = base
        self.tls = tls  # a context, for HTTPS

    def request(self, method, path, body=None, **fields):
        """The response, with its body read, as `.text`."""
        if self.tls is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        else:
            connection = http.client.HTTPSConnection("localhost", self.port, timeout=30, context=self.tls)
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, self.base + path, body, headers)
        response = connection.getresponse()
        response.text = response.read().decode()
        connection.close()
        return response

    def get(self, path, **fields):
        response = self.request("GET", path, **fields)
        assert response.status == 200, (path, response.status, response.text)
        return json.loads(response.text)

    def post(self, path, value=None, **fields):
        """Status and object."""
        body = None if value is None else json.dumps(value)
        response = self.request("POST", path, body,
                                **{"Content-Type": "application/json"} | fields)
        return response.status, json.loads(response.text)

    def form(self, path, fields):
        response = self.request("POST", path, fields,
                                **{"Content-Type": "application/x-www-form-urlencoded"})
        return response.status, json.loads(response.text)

    def stats(self):
        return self.get("/api/v1/stats")

    def wait_for(self, condition, seconds=20):
        """The first statistics that fulfil it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            stats = self.stats()
            if condition(stats):
                return stats
            time.sleep(0.1)
        raise AssertionError(f"the page still says {self.stats()}")


class Live:
    """The WebSocket of a page: RFC 6455, as much of it as is needed."""

    def __init__(self, page, path="/api/v1/live", **fields):
        self.socket = socket.create_connection(("127.0.0.1", page.port), timeout=30)
        if page.tls is not None:
            self.socket = page.tls.wrap_socket(self.socket, server_hostname="localhost")
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {page.base}{path} HTTP/1.1", f"Host: 127.0.0.1:{page.port}",
                 "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                 f"Sec-WebSocket-Key: {key}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.stream = self.socket.makefile("rb")
        self.status = int(self.stream.readline().split()[1])
        while self.stream.readline().strip():
            pass

    def receive(self):
        """The next text message's object; pings are answered on the way."""
        text = b""
        self.bytes = 0
        while True:
            head = self.stream.read(2)
            if len(head) < 2:
                raise ConnectionError("the server closed the WebSocket")
            length = head[1] & 127
            if length == 126:
                length = struct.unpack(">H", self.stream.read(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self.stream.read(8))[0]
            payload = self.stream.read(length)
            self.bytes += length
            kind = head[0] & 15
            if kind == 9:
                self._send(10, payload)
            elif kind == 8:
                raise ConnectionError("the server closed the WebSocket")
            else:
                text += payload  # a long message comes in several frames
                if head[0] & 128:
                    return json.loads(text)

    def wait_for(self, condition, frames=60):
        for _ in range(frames):
            frame = self.receive()
            if condition(frame):
                return frame
        raise AssertionError("no such frame came")

    def say(self, value):
        self._send(1, json.dumps(value).encode())

    def _send(self, kind, payload):
        mask = os.urandom(4)
        length = len(payload)
        size = bytes([128 | length]) if length < 126 else bytes([128 | 126]) + struct.pack(">H", length)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(bytes([128 | kind]) + size + mask + masked)

    def close(self):
        self.stream.close()
        self.socket.close()


def start_run(page, users=3, hatch_rate=100.0, **more):
    status, answer = page.post("/api/v1/start", {"users": users, "hatch_rate": hatch_rate} | more)
    assert (status, answer) == (200, {"ok": True})
    return page.wait_for(lambda s: s["state"] == "running" and s["users"] == users
                         and s["total"]["requests"] > 0)


def stop_run(page):
    assert page.post("/api/v1/stop") == (200, {"ok": True})
    return page.wait_for(lambda s: s["state"] == "stopped")
