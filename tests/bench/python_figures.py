"""The figures of Python users that no slope of CPU time gives: memory, start-up, hatching."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import figures
from nginx import PORTS, Nginx
from python_clients import FILES, HERE, ROOT

FEW, MANY = 1_000, 15_000
HATCHED = 5_000
STARTS = 5


@dataclass
class Figures:
    greenlet_bytes: float | None = None  # of a bare waiting greenlet of gevent
    waiting_bytes: float | None = None  # of a user that waits and has not made a request
    connected_bytes: float | None = None  # of a user that waits and keeps its connection open
    start_s: float | None = None  # from exec to the first request
    hatched_s: float | None = None  # from the first user's request to that of the last
    parsing_us: dict[str, float] | None = None  # JSON of 20 KB, by the parser's name


def measure(swarm: Path, build: Path, core: int, server: Nginx, quick: bool) -> Figures:
    few, many = (FEW, MANY // 3) if quick else (FEW, MANY)

    def slope(**environment) -> float:
        bare = "BENCH_GREENLETS" in environment
        sizes = []
        for number in (few, many):
            if bare:
                environment["BENCH_GREENLETS"] = str(number)
            sizes.append(figures.resident_bytes(
                swarm, FILES / "waiting.py", 1 if bare else number, core, small(), environment))
        return (sizes[1] - sizes[0]) / (many - few)

    return Figures(
        greenlet_bytes=slope(BENCH_GREENLETS=""),
        waiting_bytes=slope(),
        connected_bytes=slope(BENCH_CONNECT="1"),
        start_s=figures.seconds_to_first_request(swarm, FILES / "seed_nowait.py", core, STARTS),
        hatched_s=seconds_to_hatch(swarm, core, server),
        parsing_us=microseconds_to_parse(build, core))


def small() -> str:
    return f"http://127.0.0.1:{PORTS['22', 'plain']}"


def seconds_to_hatch(swarm: Path, core: int, server: Nginx) -> float:
    """What the server's log says of users that are ordered all within one second."""
    before = len(server.arrivals())
    command = [str(swarm), "-f", str(FILES / "hatching.py"), "--headless", "--only-summary",
               "-u", str(HATCHED), "-r", str(HATCHED), "-t", "10s", "-H", small()]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    try:
        give_up = time.monotonic() + 15
        while len(server.arrivals()) - before < HATCHED and time.monotonic() < give_up:
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait()
    arrived = server.arrivals()[before:]
    if len(arrived) != HATCHED:
        raise RuntimeError(f"{len(arrived):,} of {HATCHED:,} users made their request")
    return arrived[-1] - arrived[0]


def microseconds_to_parse(build: Path, core: int) -> dict[str, float]:
    """In Debian's Python, with the other parsers that tests/bench/peers installed."""
    others = ROOT / "build/peers/json/bin/python"
    done = subprocess.run(
        [others if others.exists() else "/usr/bin/python3", HERE / "parse_json.py"],
        env=os.environ | {"PYTHONPATH": str(build / "python"), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: os.sched_setaffinity(0, {core}), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"parse_json.py: {done.stderr[-500:]}")
    return json.loads(done.stdout)
