"""The clients that execute scripts: swarm and Locust with Python's, k6 with JavaScript's."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import clients
from clients import Count, Point

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FILES = HERE / "locustfiles"
FLOWS = ("seed", "json", "listener")
NEWEST = re.search(r"^locust==(.*)$", (ROOT / "tests/peers.txt").read_text(), re.MULTILINE)[1]


@dataclass(frozen=True)
class Case(Point):
    """A flow under one load: `seed/64/22/plain`.

    seed: the seed's tasks; json: answers are parsed and judged; listener: the same with a listener
    of `events.request`.
    """

    flow: str = "seed"

    @staticmethod
    def parse(text: str) -> "Case":
        flow, _, load = text.partition("/")
        if flow not in FLOWS:
            raise ValueError(text)
        point = Point.parse(load)
        return Case(point.connections, point.body, point.transport, flow=flow)

    def __str__(self):
        return f"{self.flow}/{super().__str__()}"


class Swarm(clients.Swarm):
    """A locustfile in place of the compiled scenario. Its user is Locust's HttpUser."""

    def command(self, case: Case, seconds: int) -> list[str]:
        file = FILES / ("seed_nowait.py" if case.flow == "seed" else "json_flow.py")
        command = super().command(case, seconds)
        command[command.index("-f") + 1] = str(file)
        return command

    def environment(self, case: Case) -> dict:
        return {"PYTHONDONTWRITEBYTECODE": "1",
                "BENCH_LISTENER": "1" if case.flow == "listener" else ""}


class Locust:
    """One of the real ones, with one of its two clients."""

    def __init__(self, version: str, user: str, command: list[str]):
        self.version = version
        self.user = user
        self.name = f"{user} {version}"
        # Hundreds of them open their connections one after the other.
        self.opening_s = 0.004 if user == "HttpUser" else 0.001
        # Of Debian's client each user reads all certificates of the system.
        self.opening_tls_s = 0.2 if user == "FastHttpUser" and version != NEWEST else 0.0008
        self.program = command[0]
        self._command = command

    def command(self, case: Case, seconds: int) -> list[str]:
        file = FILES / ("seed_today.py" if case.flow == "seed" else "json_flow.py")
        return [*self._command, "-f", str(file), "--headless", "--only-summary",
                "-u", str(case.connections), "-r", "100000", "-t", f"{seconds}s", "-H", case.url]

    def environment(self, case: Case) -> dict:
        return {"PYTHONDONTWRITEBYTECODE": "1", "BENCH_USER": self.user,
                "BENCH_LISTENER": "1" if case.flow == "listener" else ""}

    def count(self, out: str, err: str) -> Count:
        row = re.search(r"^ *Aggregated +(\d+) +(\d+)\(", out + err, re.MULTILINE)
        if not row:
            raise ValueError("no Aggregated row")
        return Count(int(row[1]), None, int(row[2]))


def locusts() -> list[Locust]:
    """Debian's, and the newest one where tests/peers has put it; each with both clients."""
    newest = str(ROOT / "build/peers" / f"locust-{NEWEST}" / "bin/locust")
    known = [(debians_version(), ["/usr/bin/python3", "-m", "locust"]), (NEWEST, [newest])]
    return [Locust(version, user, command) for version, command in known if version
            for user in ("FastHttpUser", "HttpUser")]


def debians_version() -> str | None:
    if not shutil.which("dpkg-query"):
        return None
    told = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "python3-locust"],
                          capture_output=True, text=True)
    return told.stdout.partition("-")[0] or None


class K6:
    name = "k6"

    def __init__(self):
        built = ROOT / "build/peers/k6/k6"
        self.program = str(built) if built.exists() else "k6"

    def command(self, case: Case, seconds: int) -> list[str]:
        return [self.program, "run", "--quiet", "--no-usage-report", "--insecure-skip-tls-verify",
                "--vus", str(case.connections), "--duration", f"{seconds}s", str(FILES / "k6.js")]

    def environment(self, case: Case) -> dict:
        return {"BENCH_URL": case.url, "BENCH_FLOW": case.flow}

    def count(self, out: str, err: str) -> Count:
        done = re.search(r"http_reqs\.*: (\d+)", out)
        failed = re.search(r"http_req_failed\.*: [\d.]+% +(\d+) out of", out)
        # It does not count what it interrupts at the end as a request.
        return Count(int(done[1]), None, int(failed[1]) if failed else 0)
