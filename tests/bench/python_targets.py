"""What Python users are to reach, and whether they do: computed from the results."""

from dataclasses import dataclass, field

from bodies import TITLES
from python_figures import HATCHED, Figures
from slope import PointResult
from targets import Target, limit, totals, worst
from truth.levels import DISTORTED_MS, Reading

MAX_TO_WRK = 1.5
MAX_USER_US = 4.0
SEED_TO_FAST, SEED_TO_HTTP = 15, 70
JSON_TO_FAST = {"json200": 10, "json2k": 6, "json20k": 4, "new200": 10, "new2k": 6, "new20k": 4}
# A listener costs what it costs at any size; at 20 KB, parsing alone leaves no room for six times.
LISTENER_TO_FAST, LISTENER_BODIES = 6, ("json200", "json2k")
MAX_WAITING_BYTES = 3 * 1024
MAX_CONNECTED_BYTES = 14 * 1024
MAX_START_S = 0.5
MAX_HATCH_S = 1.05  # the last one is due a second after the first


@dataclass
class Results:
    points: list[PointResult] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)
    truth: list[Reading] = field(default_factory=list)


def targets(results: Results) -> list[Target]:
    def of(flow: str, *bodies: str) -> list[PointResult]:
        return [r for r in results.points
                if r.point.flow == flow and (not bodies or r.point.body in bodies)]

    seed, figures = of("seed"), results.figures
    return [
        worst("Seed's set: CPU a request ÷ wrk's", MAX_TO_WRK, seed,
              lambda r: r.ratio("swarm", "wrk")),
        worst("Seed's set: user-mode µs a request", MAX_USER_US, seed,
              lambda r: r.median("swarm", "user_us")),
        times("Seed's set: FastHttpUser's CPU a request ÷ swarm's", SEED_TO_FAST, seed, "FastHttpUser"),
        times("Seed's set: HttpUser's CPU a request ÷ swarm's", SEED_TO_HTTP, seed, "HttpUser"),
        *(times(f"{TITLES[body]}: FastHttpUser's CPU a request ÷ swarm's", reach,
                of("json", body), "FastHttpUser") for body, reach in JSON_TO_FAST.items()),
        times("JSON of 0.2 and 2 KB with a request listener: the same", LISTENER_TO_FAST,
              of("listener", *LISTENER_BODIES), "FastHttpUser"),
        totals(results.points),
        limit("Memory of a waiting user over a bare waiting greenlet, bytes", MAX_WAITING_BYTES,
              over(figures.waiting_bytes, figures.greenlet_bytes), "{:,.0f}"),
        limit("Memory of a user with an open connection, bytes", MAX_CONNECTED_BYTES,
              figures.connected_bytes, "{:,.0f}"),
        limit("Start to the first request, ms", MAX_START_S * 1e3,
              None if figures.start_s is None else figures.start_s * 1e3, "{:.0f}"),
        limit(f"From the first to the last of {HATCHED:,} users that are to hatch in a second, s",
              MAX_HATCH_S, figures.hatched_s, "{:.2f}"),
        truthful(results.truth),
    ]


def times(what: str, reach: float, points: list[PointResult], user: str) -> Target:
    """At every point, over every version of the other one."""
    target = Target(what, f"≥ {reach:g}")
    found = [(ratio, f"{client.split()[-1]} at {r.point}", r.ratio(client, "wrk")) for r in points
             for client in sorted({name for figures in r.rounds for name in figures})
             if client.split()[0] == user and (ratio := r.ratio(client, "swarm")) is not None]
    if found:
        lowest, where, wrks = min(found)
        below = sum(v < reach for v, *_ in found)
        target.found = f"{lowest:.1f} over {where}"
        # A client that does nothing else: how much this processor leaves to be gained.
        target.found += f" (wrk: {wrks:.1f})" if wrks else ""
        target.found += f"; {below} of {len(found)} below" if below else ""
        target.reached = below == 0
    return target


def over(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else value - base


def truthful(readings: list[Reading]) -> Target:
    target = Target(f"p50 or p99 more than {DISTORTED_MS:g} ms beside the server's clock: "
                    "the verdict is SUSPECT", "always")
    if readings:
        distorted = [r for r in readings if r.distorted]
        told = sum(r.told for r in distorted)
        target.found = f"{told} of {len(distorted)}, in {len(readings)} runs"
        target.reached = told == len(distorted)
    return target
