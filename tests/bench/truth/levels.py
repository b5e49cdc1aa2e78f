"""Truth under load: what swarm reports against the server's own clock, the busier it gets.

The server (stamper.cpp) has a core of its own and answers 2 ms after a request came. It knows how
long each took: from the kernel's stamp of the request's arrival until its answer was in the client's
socket. What swarm reports beyond that is its own doing.
"""

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parent / "paced.py"
PORT = 9340
DELAY_MS = 2
LEVELS = (0.20, 0.50, 0.80, 0.95)  # of the generator's core
BURN_MS = 3
USERS = {0: 400, BURN_MS: 40}  # by what a task burns
MEASURED_S = 8
SEARCH_S = 3
SEARCHES = 5  # runs that look for the rate of one level
CLOSE = 0.04  # to the level
DISTORTED_MS = 1.0  # a difference that the verdict has to name


@dataclass
class Reading:
    """One run. Times in milliseconds."""

    burn_ms: float
    level: float  # to be
    busy: float  # as it was: CPU time of the process while it ran, of wall
    rate: float  # requests/s that were answered
    server: dict[str, float]  # p50, p99, max
    swarm: dict[str, float]
    verdict: str  # VALID | SUSPECT
    reasons: str = ""

    def difference(self, percentile: str) -> float:
        return self.swarm[percentile] - self.server[percentile]

    @property
    def distorted(self) -> bool:
        return max(abs(self.difference(p)) for p in ("p50", "p99")) > DISTORTED_MS

    @property
    def told(self) -> bool:
        """The verdict is not better than the figures."""
        return self.verdict == "SUSPECT" or not self.distorted


class Bench:
    """Runs swarm on one core against the stamper on the other."""

    def __init__(self, swarm: Path, build: Path, server_core: int, client_core: int):
        self._swarm = str(swarm)
        self._stamper = str(build / "tests/bench/stamper")
        self._server_core = server_core
        self._client_core = client_core

    def levels(self, burn_ms: float, wanted=LEVELS, measured_s: int = MEASURED_S):
        """One reading a level, from the lowest."""
        rate = 1000 * wanted[0] / burn_ms if burn_ms else 4_000.0
        for level in wanted:
            rate = self._rate_for(burn_ms, level, rate)
            yield self.run(burn_ms, level, rate, measured_s)

    def _rate_for(self, burn_ms: float, level: float, rate: float) -> float:
        """Requests cost less the more there are, so the rate of a level has to be looked for."""
        if burn_ms:
            return 1000 * level / burn_ms
        for _ in range(SEARCHES):
            busy = self.run(burn_ms, level, rate, SEARCH_S).busy
            if abs(busy - level) < CLOSE:
                break
            rate *= min(max(level / busy, 0.5), 2.5)
        return rate

    def run(self, burn_ms: float, level: float, rate: float, seconds: int) -> Reading:
        server = subprocess.Popen(
            [self._stamper, "--port", str(PORT), "--delay-us", str(DELAY_MS * 1000)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {self._server_core}))
        try:
            if not server.stdout.readline():
                raise RuntimeError(f"stamper does not start: is port {PORT} in use?")
            told, health = self._load(burn_ms, rate, seconds)
        finally:
            server.terminate()
            stamped = server.communicate()[0]
        verdict = re.search(r"verdict +(\w+)\n((?: {10,}.*\n)*)", health)
        busy = re.search(r"loop +(\d+) % busy", health)
        if not verdict or not busy:
            raise RuntimeError(f"no health in what swarm says: {health[-500:]}")
        return Reading(burn_ms, level, int(busy[1]) / 100, told["requests"] / seconds,
                       json.loads(stamped), told, verdict[1], " ".join(verdict[2].split()))

    def _load(self, burn_ms: float, rate: float, seconds: int) -> tuple[dict, str]:
        users = USERS[burn_ms]
        command = [self._swarm, "-f", str(FILE), "--headless", "--only-summary", "-u", str(users),
                   "-r", str(users), "-t", f"{seconds}s", "-H", f"http://127.0.0.1:{PORT}"]
        with tempfile.NamedTemporaryFile("r") as result:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                env=os.environ | {"BENCH_RATE_PER_USER": str(rate / users),
                                  "BENCH_BURN_MS": str(burn_ms), "BENCH_RESULT": result.name},
                preexec_fn=lambda: os.sched_setaffinity(0, {self._client_core}))
            said = result.read()
        if not said:
            raise RuntimeError(f"swarm ended with {done.returncode}: {done.stderr[-500:]}")
        return json.loads(said), done.stderr


def readings(bench: Bench, quick: bool, progress) -> list[Reading]:
    found = []
    for burn_ms in (0, BURN_MS):
        wanted, seconds = ((LEVELS[1],), SEARCH_S) if quick else (LEVELS, MEASURED_S)
        for reading in bench.levels(burn_ms, wanted, seconds):
            found.append(reading)
            progress(reading)
    return found
