"""CPU time a request, from the slope of two run lengths: what start-up and end cost cancels out.

A client's short and long run give (cpu_long - cpu_short) / (requests_long - requests_short). The
clients take turns within a round, so that whatever else the machine does meets them all; ratios are
taken within a round, and the median over the rounds is what counts.
"""

import os
import statistics
from dataclasses import dataclass, field

import clients
from clients import Point, Run


# Added to the long run at one connection: the kernel looks some hundred times a second whether it is in
# user mode, where a client that mostly sleeps seldom is.
ASLEEP_S = 6


@dataclass
class Lengths:
    """Seconds of the two runs. More where the connections take long to open, or a client sleeps."""

    short: int
    long: int

    def of(self, point: Point, client=None) -> tuple[int, int]:
        tls_s = getattr(client, "opening_tls_s", 0.0008)
        opening_s = getattr(client, "opening_s", 0.0) + (
            tls_s if point.transport == "tls" else 0.0001)
        opening = int(point.connections * opening_s)
        asleep = ASLEEP_S if point.connections == 1 else 0
        return self.short + opening, self.long + opening + asleep


@dataclass
class Figure:
    """One client in one round. Times in microseconds a request."""

    user_us: float
    system_us: float
    requests_per_s: float  # between the two run lengths
    unaccounted: int  # requests that the server counted and the client does not explain
    errors: int
    foreign_ratio: float  # share of the client's core that others used
    lag_us: dict | None

    @property
    def cpu_us(self) -> float:
        return self.user_us + self.system_us


@dataclass
class PointResult:
    point: Point
    rounds: list[dict[str, Figure]] = field(default_factory=list)  # by the client's name
    failures: list[str] = field(default_factory=list)

    def values(self, client: str, what: str) -> list[float]:
        return [getattr(r[client], what) for r in self.rounds if client in r]

    def median(self, client: str, what: str) -> float | None:
        values = self.values(client, what)
        return statistics.median(values) if values else None

    def ratio(self, client: str, to: str) -> float | None:
        """Median over the rounds of the ratio of CPU time a request."""
        ratios = [r[client].cpu_us / r[to].cpu_us for r in self.rounds if client in r and to in r]
        return statistics.median(ratios) if ratios else None


def measure(point: Point, contestants: list, server, rounds: int, lengths: Lengths, core: int,
            progress) -> PointResult:
    result = PointResult(point)
    for number in range(rounds):
        figures = {}
        turn = number % len(contestants)
        for client in contestants[turn:] + contestants[:turn]:
            # A client that keeps no pace has no place in a paced round.
            if point.rate and client.name == "wrk":
                continue
            try:
                figures[client.name] = one_figure(client, point, server, lengths, core)
                progress(point, number, client.name, figures[client.name])
            except clients.ClientFailed as failure:
                result.failures.append(f"{client.name} at {point}: {failure}")
                progress(point, number, client.name, None)
        result.rounds.append(figures)
    return result


def one_figure(client, point: Point, server, lengths: Lengths, core: int) -> Figure:
    runs, unaccounted, foreign = [], 0, []
    for seconds in lengths.of(point, client):
        served, busy = server.served(), busy_seconds(core)
        run = clients.run(client, point, seconds, core)
        foreign.append((busy_seconds(core) - busy - run.user_s - run.system_s) / run.seconds)
        unaccounted += missing(run, server.served() - served, point)
        runs.append(run)
    short, long = runs
    requests = long.count.requests - short.count.requests
    if requests <= 0:
        raise clients.ClientFailed("no more requests in the long run than in the short one")
    more_cpu_s = long.user_s + long.system_s - short.user_s - short.system_s
    if long.seconds <= short.seconds or more_cpu_s <= 0:
        raise clients.ClientFailed("the short run took longer than the long one: it had not begun")
    return Figure(
        user_us=(long.user_s - short.user_s) * 1e6 / requests,
        system_us=(long.system_s - short.system_s) * 1e6 / requests,
        requests_per_s=requests / (long.seconds - short.seconds),
        unaccounted=unaccounted,
        errors=short.count.errors + long.count.errors,
        foreign_ratio=max(0.0, *foreign),
        lag_us=long.count.lag_us)


def missing(run: Run, served: int, point: Point) -> int:
    """Requests that the server counted beyond the client's own, or the other way round.

    A client that does not say what it left unanswered at the end may have left one a connection.
    """
    beyond = served - run.count.requests
    if run.count.interrupted is not None:
        return abs(beyond - run.count.interrupted)
    return max(0, -beyond, beyond - point.connections)


def busy_seconds(core: int) -> float:
    """How long the core has worked on anything since boot, interrupts included."""
    with open("/proc/stat") as stat:
        for line in stat:
            if line.startswith(f"cpu{core} "):
                user, nice, system, _, _, irq, softirq = map(int, line.split()[1:8])
                return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
    raise ValueError(f"there is no core {core}")
