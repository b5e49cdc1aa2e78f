"""What both benches need of the machine they run on, and of the person who watches them."""

import datetime
import os
import resource
import shlex
import sys

import figures
import slope
from clients import Point


def say(text: str):
    print(text, file=sys.stderr, flush=True)


def progress(point: Point, number: int, client: str, figure: slope.Figure | None):
    if figure is None:
        say(f"{point!s:22} round {number + 1}  {client:7} FAILED")
        return
    say(f"{point!s:22} round {number + 1}  {client:7} {figure.cpu_us:7.2f} µs "
        f"({figure.user_us:.2f} user)  {figure.requests_per_s:9,.0f}/s"
        + (f"  {figure.errors} errors" if figure.errors else "")
        + (f"  {figure.unaccounted} unaccounted" if figure.unaccounted else "")
        + (f"  core {figure.foreign_ratio:.0%} used by others" if figure.foreign_ratio > 0.05 else ""))


def check(nginx: str | None):
    """Ends the bench if it cannot be done here."""
    if nginx is None:
        sys.exit("bench: needs nginx (apt install nginx-light)")
    if (os.cpu_count() or 1) < 2:
        sys.exit("bench: needs two cores, one for the server and one for the client")


def raise_descriptor_limit(points: list[Point]) -> list[Point]:
    """To the hard limit, for all that is started here; leaves out the points beyond it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    too_many = [p for p in points if p.connections + 256 > hard]
    for point in too_many:
        say(f"bench: {point} needs more than the {hard} descriptors allowed (ulimit -Hn): left out")
    return [p for p in points if p not in too_many]


def context(arguments, script: str, versions: dict[str, str], load: float) -> dict:
    """What a page says of how it was made."""
    facts = figures.machine()
    facts["versions"] = ", ".join(f"{name} {version}" for name, version in versions.items())
    facts["load average at the start"] = f"{load:.2f}"
    return {"command": shlex.join([script, *sys.argv[1:]]),
            "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
            "facts": facts, "rounds": arguments.rounds, "server_core": arguments.server_core,
            "client_core": arguments.client_core, "short": arguments.lengths.short,
            "long": arguments.lengths.long}
