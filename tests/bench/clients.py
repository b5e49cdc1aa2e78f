"""The clients that are compared: how each is called, and what it says of its work."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import nginx

ACCEPT = "Accept: application/json"


@dataclass(frozen=True)
class Point:
    """One load: `64/22/plain` saturated, `64/22/plain@10000` paced."""

    connections: int
    body: str  # 22 | 20k
    transport: str  # plain | tls
    rate: int = 0  # requests/s over all connections; 0: saturated

    @staticmethod
    def parse(text: str) -> "Point":
        load, _, rate = text.partition("@")
        connections, body, transport = load.split("/")
        point = Point(int(connections), body, transport, int(rate or 0))
        if (body, transport) not in nginx.PORTS:
            raise ValueError(text)
        return point

    def __str__(self):
        paced = f"@{self.rate}" if self.rate else ""
        return f"{self.connections}/{self.body}/{self.transport}{paced}"

    @property
    def port(self) -> int:
        return nginx.PORTS[self.body, self.transport]

    @property
    def url(self) -> str:
        scheme = "https" if self.transport == "tls" else "http"
        return f"{scheme}://127.0.0.1:{self.port}"


@dataclass
class Count:
    """What a client says it did."""

    requests: int  # with a complete answer
    interrupted: int | None = None  # sent, without a complete answer; None: it does not say
    errors: int = 0  # subset of requests where the client counts them so; to be 0
    lag_us: dict | None = None  # how late paced requests went out: p50, p99, max


@dataclass
class Run:
    """A client's run: its count, and what it took."""

    count: Count
    seconds: float  # wall clock of the process
    user_s: float
    system_s: float


class ClientFailed(Exception):
    pass


class Floor:
    name = "floor"

    def __init__(self, build: Path):
        self.program = str(build / "tests/bench/floor")

    def command(self, point: Point, seconds: int) -> list[str]:
        command = [self.program, "--port", str(point.port), "--seconds", str(seconds),
                   "--connections", str(point.connections), "--rate", str(point.rate)]
        return command + (["--tls"] if point.transport == "tls" else [])

    def environment(self, point: Point) -> dict:
        return {}

    def count(self, out: str, err: str) -> Count:
        said = json.loads(out)
        return Count(said["requests"], said["interrupted"], 0, said["lag_us"])


class Swarm:
    name = "swarm"

    def __init__(self, program: Path, build: Path):
        self.program = str(program)
        self.scenario = str(build / "scenarios/quickstart_nowait.so")

    def command(self, point: Point, seconds: int) -> list[str]:
        # Paced users begin within a second, evenly: as one burst they would stay one.
        hatch_rate = point.connections if point.rate else 100_000
        return [self.program, "-f", self.scenario, "--headless", "--only-summary", "--json",
                "-u", str(point.connections), "-r", str(hatch_rate), "-t", f"{seconds}s",
                "-H", point.url]

    def environment(self, point: Point) -> dict:
        return {"BENCH_RATE_PER_USER": str(point.rate / point.connections)} if point.rate else {}

    def count(self, out: str, err: str) -> Count:
        rows = json.loads(out[out.index("["):])
        interrupted = re.search(r"Interrupted: (\d+)", err)
        return Count(sum(row["num_requests"] for row in rows),
                     int(interrupted[1]) if interrupted else 0,
                     sum(row["num_failures"] for row in rows),
                     send_lag(err))


class Wrk:
    name = "wrk"
    program = "wrk"

    def command(self, point: Point, seconds: int) -> list[str]:
        return ["wrk", "-t1", f"-c{point.connections}", f"-d{seconds}s", "-H", ACCEPT,
                f"{point.url}/success"]

    def environment(self, point: Point) -> dict:
        return {}

    def count(self, out: str, err: str) -> Count:
        errors = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", out)))
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
        return Count(int(re.search(r"(\d+) requests in", out)[1]),
                     None, errors + (int(refused[1]) if refused else 0))


class H2load:
    name = "h2load"
    program = "h2load"

    def command(self, point: Point, seconds: int) -> list[str]:
        command = ["h2load", "--h1", "-t1", f"-c{point.connections}", f"-D{seconds}", "-H", ACCEPT]
        if point.rate:
            command.append(f"--rps={point.rate / point.connections}")
        return command + [f"{point.url}/success"]

    def environment(self, point: Point) -> dict:
        return {}

    def count(self, out: str, err: str) -> Count:
        said = re.search(r"(\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored", out)
        done, succeeded, failed, errored = map(int, said.groups())
        return Count(done, None, failed + errored)


def send_lag(text: str) -> dict | None:
    """What swarm's health lines say of send lag, in microseconds."""
    line = re.search(r"send lag.*", text, re.IGNORECASE)
    if not line:
        return None
    scale = {"ns": 1e-3, "us": 1, "µs": 1, "ms": 1e3, "s": 1e6}
    found = re.findall(r"(p50|p99|max)\D*?([\d.]+) ?(ns|us|µs|ms|s)\b", line[0])
    return {name: float(value) * scale[unit] for name, value, unit in found} or None


def available(client) -> bool:
    return shutil.which(client.program) is not None


def run(client, point: Point, seconds: int, core: int) -> Run:
    """Runs the client alone on its core, to its end."""
    command = client.command(point, seconds)
    # Files and not pipes: nobody has to wake up to empty them.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            env=os.environ | client.environment(point),
            preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        watchdog = threading.Timer(seconds + 60, process.kill)
        watchdog.start()
        _, status, used = os.wait4(process.pid, 0)
        watchdog.cancel()
        ended = time.monotonic()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        said, complained = out.read(), err.read()
    try:
        if process.returncode < 0:
            raise ValueError
        count = client.count(said, complained)
    except (ValueError, KeyError, TypeError):
        raise ClientFailed(f"{' '.join(command)}\nended with {process.returncode}\n"
                           f"{said[-2000:]}{complained[-2000:]}") from None
    return Run(count, ended - started, used.ru_utime, used.ru_stime)
