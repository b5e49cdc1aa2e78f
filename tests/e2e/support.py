"""What the end-to-end tests share: the program, a target to aim at, and raw conversations."""

import http.client
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import threading

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
LIMIT_S = 20  # for whatever should take an instant, on a busy machine


def swarm_program():
    """The program under test: $SWARM_BIN, or that of the release build."""
    return os.environ.get("SWARM_BIN", str(REPOSITORY / "build" / "release" / "swarm"))


def run_swarm(*words, timeout=LIMIT_S, **settings):
    """Runs the program to its end."""
    return subprocess.run(
        [swarm_program(), *words], capture_output=True, text=True, timeout=timeout, **settings
    )


class Target:
    """A running `swarm target`, on a free port of its own."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [swarm_program(), "target", "--port", "0", *options], stderr=subprocess.PIPE, text=True
        )
        watchdog = threading.Timer(LIMIT_S, self.process.kill)
        watchdog.start()
        self.greeting = self.process.stderr.readline()
        watchdog.cancel()
        match = re.fullmatch(r"Target listening at ((https?)://(.+):(\d+))\n", self.greeting)
        if not match:
            self.stop()
            raise RuntimeError(f"the target did not start: {self.greeting!r}")
        self.url, self.scheme, host, port = match.groups()
        self.host, self.port = host.strip("[]"), int(port)

    def connect(self):
        """A connection of http.client; the target's own certificate is not verified."""
        if self.scheme == "http":
            return http.client.HTTPConnection(self.host, self.port, timeout=LIMIT_S)
        context = ssl._create_unverified_context()
        return http.client.HTTPSConnection(self.host, self.port, timeout=LIMIT_S, context=context)

    def request(self, method, path, body=None, headers=None, **settings):
        """One request on a connection of its own: the response, with its body in `.data`."""
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=headers or {}, **settings)
            response = connection.getresponse()
            response.data = response.read()
            return response
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def socket(self):
        """A raw TCP connection."""
        return socket.create_connection((self.host, self.port), timeout=LIMIT_S)

    def log(self, reset=False):
        """What /log counted, since the start or the last reset."""
        return json.loads(self.get("/log?reset=1" if reset else "/log").data)

    def requests(self, path=None):
        """How many requests came in all, or for one path (without its query)."""
        log = self.log()
        return log["requests"] if path is None else log["paths"].get(path, 0)

    def cpu_seconds(self):
        """The CPU time that it has used, of user and kernel."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, with_signal=signal.SIGTERM):
        """Ends it; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stderr.close()


def read_all(connection):
    """Everything up to the end of the connection."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


def read_until(connection, end):
    """Everything up to and with `end`."""
    received = b""
    while not received.endswith(end):
        piece = connection.recv(65536)
        assert piece, f"closed after {received!r}"
        received += piece
    return received
