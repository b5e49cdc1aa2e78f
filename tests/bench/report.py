"""The results as a page: docs/benchmarks.md."""

from itertools import groupby
from statistics import median

from slope import ASLEEP_S, PointResult
from targets import Results, Target, targets

ORDER = ["swarm", "wrk", "h2load", "floor"]
# Share of the client's core that others may use before the page warns of its own figures.
BUSY = 0.05
# Share of a paced rate that has to be kept, or else the page says so.
KEPT = 0.98

HEAD = """# Benchmarks

Written by `{command}` on {date}; do not edit. `make bench` writes it anew.

{machine}

## To reach

{targets}

## Method

Server and client are on one machine, each alone on a core of its own: nginx with one process on
core {server_core}, the client on core {client_core}. The client's CPU time a request is the slope
between two run lengths ({short} s and {long} s, both longer where many connections have to be
opened first), so that start-up and the final tables cancel out: (cpu₂ − cpu₁) ÷ (requests₂ −
requests₁), as the kernel accounts the whole process. User and kernel time are told apart by the
kernel's sampling, some hundred times a second, so that their split is coarser than their sum; the
long run takes {asleep} s more at one connection, where the client mostly sleeps. The clients take
turns within each of {rounds} round{s}; a figure is the median of the rounds (lowest – highest), a
ratio the median of the ratios within a round. Other processes used {foreign} of the client's core
meanwhile.

- **swarm**: the quickstart without waits (tests/bench/quickstart_nowait.cpp), the default build and
  options: every request is recorded, cookies and redirects are on.
- **wrk**, **h2load --h1**: one thread, one URL.
- **floor**: a bare epoll loop that knows the length of every response and parses nothing
  (tests/bench/floor.cpp). Paced, its requests are due evenly over all connections; its percentiles
  of lateness are upper bounds, at most twice the value.

Bodies of 22 bytes are built by nginx, those of 20 KB come from a file in memory. TLS is 1.3 with a
P-256 certificate that no client checks. After every run nginx's own count of requests must equal
the client's plus its interrupted ones; wrk and h2load do not count what they leave unanswered at
the end, so up to one request a connection is granted to them.
"""


def page(results: Results, context: dict) -> str:
    everyone = [f for r in results.points for figures in r.rounds for f in figures.values()]
    foreign = [f.foreign_ratio for f in everyone]
    shown = f"{median(foreign):.1%} (at most {max(foreign):.1%})" if foreign else "nothing"
    parts = [HEAD.format(
        **context, asleep=ASLEEP_S, foreign=shown, s="" if context["rounds"] == 1 else "s",
        machine=pairs(context["facts"]), targets=target_table(targets(results)))]
    parts += [section(*group) for group in in_sections(results.points)]
    parts.append(single_figures(results))
    problems = problem_lines(results.points)
    if foreign and median(foreign) > BUSY:
        problems.insert(0, "The machine had other work to do: these figures are not to be trusted.")
    if problems:
        parts.append("## What went wrong\n\n" + "\n".join(f"- {p}" for p in problems) + "\n")
    return "\n".join(part for part in parts if part)


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def pairs(facts: dict[str, str]) -> str:
    return table(["", ""], [[name, value] for name, value in facts.items()])


def target_table(found: list[Target]) -> str:
    verdict = {None: "not measured", True: "reached", False: "**not reached**"}
    return table(["what", "to reach", "found", ""],
                 [[t.what, t.reach, t.found, verdict[t.reached]] for t in found])


def in_sections(points: list[PointResult]):
    def title(r: PointResult) -> str:
        body = "22-byte bodies" if r.point.body == "22" else "20 KB bodies"
        transport = "TLS" if r.point.transport == "tls" else "plain"
        return f"{'Paced' if r.point.rate else 'Saturated'}, {transport}, {body}"
    for name, group in groupby(points, key=title):
        yield name, list(group)


def section(title: str, points: list[PointResult]) -> str:
    paced = points[0].point.rate > 0
    head = ["load", "client", "CPU µs a request", "user", "kernel", "requests/s"]
    head += ["÷ floor", "sent late p50 / p99 / max µs"] if paced else ["÷ wrk", "÷ floor"]
    return f"## {title}\n\n{table(head, [row for r in points for row in rows(r, paced)])}\n"


def rows(result: PointResult, paced: bool) -> list[list[str]]:
    load = f"{result.point.connections:,} conn."
    if paced:
        load = f"{result.point.rate:,}/s, " + load
    found = []
    for client in clients_of(result):
        row = [load, client, *cpu_columns(result, client),
               f"{result.median(client, 'requests_per_s'):,.0f}"]
        if not paced:
            row.append(ratio(result, client, "wrk"))
        row.append(ratio(result, client, "floor"))
        if paced:
            row.append(lag(result, client))
        found.append(row)
        load = ""
    return found


def clients_of(result: PointResult) -> list[str]:
    """Those that have a figure: in the page's order, others after them."""
    named = dict.fromkeys(name for figures in result.rounds for name in figures)
    return [name for name in ORDER if name in named] + sorted(named.keys() - set(ORDER))


def cpu_columns(result: PointResult, client: str) -> list[str]:
    cpu = result.values(client, "cpu_us")
    return [f"{median(cpu):.2f} ({min(cpu):.2f} – {max(cpu):.2f})",
            f"{result.median(client, 'user_us'):.2f}",
            f"{result.median(client, 'system_us'):.2f}"]


def ratio(result: PointResult, client: str, to: str) -> str:
    found = result.ratio(client, to)
    return "–" if found is None or client == to else f"{found:.2f}"


def lag(result: PointResult, client: str) -> str:
    """p50 and p99 as medians over the rounds, the highest maximum of all."""
    told = [t for t in result.values(client, "lag_us") if t and {"p50", "p99", "max"} <= t.keys()]
    if not told:
        return "–"
    p50, p99 = (median(t[p] for t in told) for p in ("p50", "p99"))
    return f"{p50:,.0f} / {p99:,.0f} / {max(t['max'] for t in told):,.0f}"


def single_figures(results: Results) -> str:
    found = []
    if results.waiting_user_bytes is not None:
        found.append(["A waiting user without a connection (slope of 10,000 to 110,000 users)",
                      f"{results.waiting_user_bytes:,.0f} bytes"])
    if results.start_s is not None:
        found.append(["Start of the program to its first request at the target (median of 10)",
                      f"{results.start_s * 1e3:.1f} ms"])
    for name, ns in (results.recorder_ns or {}).items():
        found.append([f"`{name}`", f"{ns:.1f} ns"])
    return f"## Memory, start-up, recorder\n\n{table(['what', ''], found)}\n" if found else ""


def problem_lines(points: list[PointResult]) -> list[str]:
    found = [failure.replace("\n", " ") for r in points for failure in r.failures]
    for r in points:
        for client in clients_of(r):
            for what, text in (("errors", "errors"), ("unaccounted", "requests unaccounted for")):
                total = sum(r.values(client, what))
                if total:
                    found.append(f"{client} at {r.point}: {total:,} {text} in all rounds")
            kept = r.median(client, "requests_per_s")
            if kept is not None and kept < KEPT * r.point.rate:
                found.append(f"{client} at {r.point}: sent only {kept:,.0f} requests/s")
    return found
