"""What arrived at the target, without what chance or the machine decides."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from app import Issued
from app_shop import describe_bytes, parts_of
from server import Request

# Said by every client in its own way, and by none in a way that matters here.
SILENT = {"host", "connection", "content-length", "user-agent"}
OWN_NAME = re.compile(r"python-requests/|gevent-http-client|locust|swarm", re.I)

FIRST = "(start)"


@dataclass
class Observed:
    sequences: Counter  # what a user sent, as a tuple of texts: how many users did
    counts: Counter  # a request as text: how often
    steps: Counter  # a user's request and the one before it, as texts: how often
    connections: int  # over which requests came


def observe(log: list[Request], issued: Issued, host: str, one_user: bool) -> Observed:
    names = {request.connection: request.notes["actor"] for request in reversed(log)
             if not request.notes.get("actor", "connection").startswith("connection")}
    users = defaultdict(list)
    for request in log:
        actor = request.notes.get("actor", "connection")
        if actor.startswith("connection"):
            actor = names.get(request.connection, request.connection)
        users["the one" if one_user else actor].append(describe(request, issued, host))
    sequences = Counter(tuple(sent) for sent in users.values())
    counts = Counter(text for sent in users.values() for text in sent)
    steps = Counter(step for sent in users.values() for step in zip([FIRST, *sent], sent))
    return Observed(sequences, counts, steps, len({request.connection for request in log}))


def describe(request: Request, issued: Issued, host: str) -> str:
    """Method, path, headers and body of a request, and the answer's status, as one line."""
    parts = parts_of(request)
    if parts:
        body = "; ".join(" ".join([*(f"{name}: {value}" for name, value in part["headers"]), "=",
                                   part["content"]]) for part in parts)
    else:
        body = describe_bytes(request.body)
    headers = sorted(text for name, value in request.headers
                     if (text := header(name.lower(), value, host, bool(parts))))
    if request.header("content-length") == "0":
        headers.append("content-length: 0")
    words = [f"{request.method} {request.target} -> {request.status}", *headers]
    if body:
        words.append(f"body: {body}")
    return issued.hide(" | ".join(words).replace(host, "{host}"))


def header(name: str, value: str, host: str, multipart: bool) -> str | None:
    """The header as it is compared; None if it does not matter."""
    if name in SILENT:
        usual = {"host": value == host, "connection": value.lower() == "keep-alive",
                 "content-length": True, "user-agent": bool(OWN_NAME.search(value))}[name]
        return None if usual else f"{name}: {value}"
    if name == "accept-encoding" and "gzip" in value:
        return f"{name}: gzip, …"
    if name == "cookie":
        return f"{name}: {'; '.join(sorted(value.split('; ')))}"
    if multipart and name == "content-type":
        return f"{name}: multipart/form-data"
    return f"{name}: {value}"
