"""What is to be reached, and whether it is: computed from the results, never written by hand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from slope import PointResult

MAX_TO_FLOOR = 1.25
MAX_TO_FLOOR_PACED = 1.3
MAX_USER_US = 2.0
MAX_WAITING_USER_BYTES = 2048
MAX_RECORDER_NS = 100.0
MAX_START_S = 0.050


@dataclass
class Target:
    what: str
    reach: str
    found: str = "not measured"
    reached: bool | None = None  # None: not measured


@dataclass
class Results:
    points: list[PointResult]
    waiting_user_bytes: float | None = None
    start_s: float | None = None
    recorder_ns: dict[str, float] | None = None


def targets(results: Results) -> list[Target]:
    saturated = [r for r in results.points if not r.point.rate]
    paced = [r for r in results.points if r.point.rate]
    plain = [r for r in saturated if r.point.transport == "plain"]
    tls = [r for r in saturated if r.point.transport == "tls"]
    return [
        worst("Saturated, plain: CPU a request ÷ wrk's, at every point", 1.0, plain,
              lambda r: r.ratio("swarm", "wrk")),
        worst("Saturated, TLS: CPU a request ÷ wrk's, at every point", 1.0, tls,
              lambda r: r.ratio("swarm", "wrk")),
        worst("Saturated, 64 connections: CPU a request ÷ the floor's", MAX_TO_FLOOR,
              [r for r in saturated if r.point.connections == 64],
              lambda r: r.ratio("swarm", "floor")),
        worst("Saturated, plain: user-mode µs a request", MAX_USER_US, plain,
              lambda r: r.median("swarm", "user_us")),
        worst("Paced: CPU a request ÷ the floor's at the same rate", MAX_TO_FLOOR_PACED, paced,
              lambda r: r.ratio("swarm", "floor")),
        totals(results.points),
        limit("Memory of a waiting user without a connection, bytes", MAX_WAITING_USER_BYTES,
              results.waiting_user_bytes, "{:,.0f}"),
        recorder(results.recorder_ns),
        limit("Start to the first request, ms", MAX_START_S * 1e3,
              None if results.start_s is None else results.start_s * 1e3, "{:.1f}"),
    ]


def worst(what: str, reach: float, points: Iterable[PointResult],
          value: Callable[[PointResult], float | None]) -> Target:
    target = Target(what, f"≤ {reach:g}")
    found = [(v, str(r.point)) for r in points if (v := value(r)) is not None]
    if found:
        highest, where = max(found)
        above = sum(v > reach for v, _ in found)
        target.found = f"{highest:.2f} at {where}"
        target.found += f"; {above} of {len(found)} points above" if above else ""
        target.reached = above == 0
    return target


def limit(what: str, reach: float, value: float | None, shown: str) -> Target:
    target = Target(what, f"≤ {shown.format(reach)}")
    if value is not None:
        target.found, target.reached = shown.format(value), value <= reach
    return target


def totals(points: list[PointResult]) -> Target:
    target = Target("Totals: swarm's requests + interrupted = the server's count, in every run",
                    "differences: 0")
    unaccounted = [n for r in points for n in r.values("swarm", "unaccounted")]
    if unaccounted:
        target.found = str(sum(unaccounted))
        target.reached = sum(unaccounted) == 0
    return target


def recorder(ns: dict[str, float] | None) -> Target:
    """Every micro-benchmark whose name says that it records is held to the limit; RecordHistory is a report's."""
    target = Target("Recorder, ns a sample", f"< {MAX_RECORDER_NS:g}")
    recording = {name: t for name, t in (ns or {}).items() if "record" in name.lower() and name != "RecordHistory"}
    if recording:
        slowest = max(recording, key=recording.get)
        target.found = f"{recording[slowest]:.1f} ({slowest})"
        target.reached = recording[slowest] < MAX_RECORDER_NS
    return target
