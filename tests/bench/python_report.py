"""The results of the Python bench as a page: docs/benchmarks-python.md."""

from itertools import groupby
from statistics import median

import bodies
import report
from python_figures import FEW, HATCHED, MANY, Figures
from python_targets import JSON_TO_FAST, Results, targets
from report import BUSY, pairs, problem_lines, table, target_table
from slope import PointResult
from truth.levels import BURN_MS, DELAY_MS, Reading

HEAD = """# Benchmarks of locustfiles

Written by `{command}` on {date}; do not edit. `make bench` writes it anew. The engine alone, driven
by C++, is in benchmarks.md.

{machine}

## To reach

{targets}

## Method

As in benchmarks.md: nginx alone on core {server_core}, the client on core {client_core}; CPU time a
request is the slope between two run lengths ({short} s and {long} s, longer where many users have to
start first), the clients take turns within each of {rounds}, a figure is the median of the
rounds (lowest – highest), a ratio the median of the ratios within a round. Requests per CPU-second
are what the client could do with a core of its own. Other processes used {foreign} of the client's
core meanwhile. After every run nginx's own count of requests must equal swarm's plus its interrupted
ones; the others do not count what they leave unanswered at the end, so up to one request a user is
granted to them.

- **seed**: the seed's two tasks as 1 : 2 without waits, with names and headers
  (tests/bench/locustfiles/seed_nowait.py; seed_today.py for the real Locusts). **json**: answers
  are parsed by `response.json()` and judged in a `catch_response` block (json_flow.py). All answers
  are alike, and swarm does not parse a document that came before, it copies its objects; in those "each
  another" no two are alike, and all are parsed. **listener**: alike ones, with a listener of
  `events.request` in Python.
- **swarm** executes the locustfile with the interpreter of Debian, {python}. Every request is
  recorded.
- **FastHttpUser**, **HttpUser**: Locust's two clients, of Debian's Locust and of the newest one from
  its wheel.
- **wrk**: one thread, one URL; parses no JSON. In the table above, how many times less than that Locust
  it takes. **k6**: {k6}.
"""

K6_THERE = "the same flows in JavaScript (locustfiles/k6.js), all its threads on the one core"
K6_MISSING = "is not installed here (tests/bench/peers builds it)"


def page(results: Results, context: dict) -> str:
    everyone = [f for r in results.points for figures in r.rounds for f in figures.values()]
    foreign = [f.foreign_ratio for f in everyone]
    shown = f"{median(foreign):.1%} (at most {max(foreign):.1%})" if foreign else "nothing"
    parts = [HEAD.format(
        **context | {"rounds": rounds_of(results)}, foreign=shown,
        k6=K6_THERE if context["has_k6"] else K6_MISSING,
        machine=pairs(context["facts"]), targets=target_table(targets(results)))]
    for title, points in groupby(results.points, key=title_of):
        parts.append(section(title, list(points)))
    parts += [single_figures(results.figures), parsing(results), truth(results.truth)]
    problems = problem_lines(results.points)
    if foreign and median(foreign) > BUSY:
        problems.insert(0, "The machine had other work to do: these figures are not to be trusted.")
    if problems:
        parts.append("## What went wrong\n\n" + "\n".join(f"- {p}" for p in problems) + "\n")
    return "\n".join(part for part in parts if part)


def rounds_of(results: Results) -> str:
    """Points that were measured at another time may have had more of them."""
    counts = sorted({len(r.rounds) for r in results.points}) or [0]
    if counts == [1]:
        return "1 round"
    return f"{counts[0]} to {counts[-1]} rounds" if len(counts) > 1 else f"{counts[0]} rounds"


def title_of(r: PointResult) -> str:
    flow = {"seed": "The seed's tasks", "json": "JSON flow", "listener": "JSON flow with a listener"}
    transport = "TLS" if r.point.transport == "tls" else "plain"
    body = "" if r.point.flow == "seed" else f", {bodies.TITLES[r.point.body].removeprefix('JSON ')}"
    return f"{flow[r.point.flow]}{body}, {transport}"


def section(title: str, points: list[PointResult]) -> str:
    head = ["load", "client", "CPU µs a request", "user", "kernel", "requests per CPU-second",
            "÷ wrk", "÷ swarm"]
    return f"## {title}\n\n{table(head, [row for r in points for row in rows(r)])}\n"


def rows(result: PointResult) -> list[list[str]]:
    load, found = f"{result.point.connections:,} users", []
    for client in report.clients_of(result):
        row = report.cpu_columns(result, client)
        found.append([load, client, *row, f"{1e6 / result.median(client, 'cpu_us'):,.0f}",
                      report.ratio(result, client, "wrk"), report.ratio(result, client, "swarm")])
        load = ""
    return found


def single_figures(figures: Figures) -> str:
    slope = f"slope of {FEW:,} to {MANY:,}"
    shown = [
        (f"A bare waiting greenlet of gevent ({slope})", figures.greenlet_bytes, "{:,.0f} bytes"),
        (f"A waiting user ({slope})", figures.waiting_bytes, "{:,.0f} bytes"),
        (f"A waiting user with an open connection ({slope})", figures.connected_bytes,
         "{:,.0f} bytes"),
        ("Start of the program to its first request at the target (median of 5)", figures.start_s,
         "{:.2f} s"),
        (f"First to last of {HATCHED:,} users at -r {HATCHED}, by nginx's log", figures.hatched_s,
         "{:.2f} s")]
    found = [[what, form.format(value)] for what, value, form in shown if value is not None]
    return f"## Memory, start-up, hatching\n\n{table(['what', ''], found)}\n" if found else ""


PARSING = """## Parsing alone

The document of 20 KB of the JSON flow, from its bytes to Python's objects, these freed again, without any
request (tests/bench/parse_json.py, median of 25 turns over documents that all differ). pickle reads
the same objects from Python's own format; orjson and msgspec are what is taken for speed in Python.

"""


def parsing(results: Results) -> str:
    """What parsing takes, and what the target for JSON of 20 KB leaves for it."""
    if not results.figures.parsing_us:
        return ""
    rows = [[name, f"{us:.1f}"] for name, us in sorted(
        results.figures.parsing_us.items(), key=lambda item: item[1])]
    return PARSING + table(["parser", "µs"], rows) + "\n" + "".join(
        left_for_parsing(r) for r in results.points if r.point.body == "new20k")


def left_for_parsing(r: PointResult) -> str:
    reach, wrk = JSON_TO_FAST[r.point.body], r.median("wrk", "cpu_us")
    others = [r.median(client, "cpu_us") for client in report.clients_of(r)
              if client.startswith("FastHttpUser")]
    if not others or wrk is None:
        return ""
    fast = min(others)
    return (f"\nAt {r.point}, {reach} × FastHttpUser is {fast:.1f} ÷ {reach} = {fast / reach:.1f} µs. A "
            f"request without parsing takes wrk {wrk:.1f}; {fast / reach - wrk:.1f} µs are left for "
            "parsing, the task, its response and the recording.\n")


TRUTH = f"""## Truth under load

Users that keep a rate (`constant_throughput`) against a server that answers after {DELAY_MS} ms and
knows how long each request took: from the kernel's time stamp of its arrival in the server's socket
until the answer was in the client's (tests/bench/truth/stamper.cpp). That is what a client that is
never late would measure, with the server's own delays in it; nginx's log knows only milliseconds,
and begins to count when it reads. What swarm reports beyond it is its own doing. The rate is chosen
so that the generator's core is as busy as wanted; "3 ms of Python": each task computes for {BURN_MS}
ms of CPU time after its request. Milliseconds, not rounded as in tables.

"""


def truth(readings: list[Reading]) -> str:
    if not readings:
        return ""
    head = ["tasks", "core busy", "requests/s", "p50: server", "swarm", "difference",
            "p99: server", "swarm", "difference", "verdict"]
    found = []
    for r in readings:
        times = [text for p in ("p50", "p99")
                 for text in (f"{r.server[p]:.2f}", f"{r.swarm[p]:.2f}", f"{r.difference(p):+.2f}")]
        tasks = f"{r.burn_ms:g} ms of Python" if r.burn_ms else "a request"
        found.append([tasks, f"{r.busy:.0%} (of {r.level:.0%})", f"{r.rate:,.0f}", *times,
                      r.verdict + ("" if r.told else " (**wrong**)")])
    why = [f"- {r.burn_ms:g} ms, {r.level:.0%}: {r.reasons}" for r in readings if r.reasons]
    reasons = "\n\nThe reasons that it gives:\n\n" + "\n".join(why) if why else ""
    return TRUTH + table(head, found) + reasons + "\n"
