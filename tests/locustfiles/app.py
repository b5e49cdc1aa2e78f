"""What the locustfiles load: a small web application that insists on being used properly.

Whoever sends the wrong token, id or step gets a 4xx, so a client that does not correlate shows.
Everything that it hands out (tokens, ids) is random, and known afterwards: see `Issued`.
"""

import json
import re
import secrets
import threading
from collections.abc import Callable
from urllib.parse import parse_qs, parse_qsl, urlsplit

from server import Request, Response

Route = Callable[..., Response]
ROUTES: list[tuple[str, re.Pattern, Route]] = []


def route(method: str, path: str):
    """Makes a function answer `method` on paths that match; {x} in the path is passed to it."""
    pattern = re.compile(re.sub(r"{\w+}", "([^/]+)", path) + "$")

    def register(function: Route) -> Route:
        ROUTES.append((method, pattern, function))
        return function

    return register


class Issued:
    """Values that were handed out, by actor and kind. In what is compared they stand as
    {kind:n}: the n-th of that kind that this actor got."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self.counts: dict[tuple[str, str], int] = {}

    def new(self, actor: str, kind: str, number: bool = False) -> str:
        value = str(secrets.randbelow(900000) + 100000) if number else f"{kind}-{secrets.token_hex(8)}"
        if value in self.labels:
            return self.new(actor, kind, number)
        self.counts[actor, kind] = self.counts.get((actor, kind), 0) + 1
        self.labels[value] = f"{{{kind}:{self.counts[actor, kind]}}}"
        return value

    def hide(self, text: str) -> str:
        return re.sub(r"[a-z]+-[0-9a-f]{16}|(?<!\d)\d{6}(?!\d)",
                      lambda match: self.labels.get(match[0], match[0]), text)


class App:
    """The application's state; `respond` answers a request of an HTTP server."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.issued = Issued()
        self.sessions: dict[str, str] = {}  # session -> user name
        self.tokens: dict[str, dict] = {}  # access token -> {"user", "uses"}
        self.refresh_tokens: dict[str, str] = {}  # -> user name
        self.orders: dict[str, dict] = {}
        self.carts: dict[str, dict] = {}
        self.count = 0  # of requests to /random

    def respond(self, request: Request) -> Response:
        path = urlsplit(request.target).path
        methods = ("*", "GET" if request.method == "HEAD" else request.method)
        with self.lock:
            request.notes["actor"] = self.actor(request)
            for method, pattern, function in ROUTES:
                if (match := pattern.match(path)) and method in methods:
                    return function(self, request, *match.groups())
        return Response(404, b"no such page", [("Content-Type", "text/plain")])

    def actor(self, request: Request) -> str:
        """Whose request it is, if the application can tell; else its connection's."""
        if name := self.sessions.get(cookies(request).get("sessionid", "")):
            return name
        token = (request.header("authorization") or "").removeprefix("Bearer ")
        if token in self.tokens:
            return self.tokens[token]["user"]
        return request.header("x-client") or f"connection {request.connection}"


def cookies(request: Request) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in (request.header("cookie") or "").split("; "))
    return {name: value for name, _, value in pairs}


def query(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(request.target).query).items()}


def form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def html(text: str, status: int = 200, *headers: tuple[str, str]) -> Response:
    return Response(status, f"<html><body>{text}</body></html>".encode(),
                    [("Content-Type", "text/html; charset=utf-8"), *headers])


def as_json(value: object, status: int = 200, *headers: tuple[str, str]) -> Response:
    return Response(status, json.dumps(value).encode(), [("Content-Type", "application/json"), *headers])


def redirect(location: str, *headers: tuple[str, str], status: int = 302) -> Response:
    return Response(status, b"", [("Location", location), *headers])


@route("GET", "/success")
def success(app: App, request: Request) -> Response:
    return as_json({"success": True})


@route("GET", "/random")
def random_status(app: App, request: Request) -> Response:
    """A status that changes from request to request: two in four fail."""
    app.count += 1
    return as_json({}, (200, 404, 201, 500)[app.count % 4])


@route("*", "/status/{code}")
def status(app: App, request: Request, code: str) -> Response:
    return Response(int(code), b"" if code in ("204", "304") else f"status {code}".encode(),
                    [("Content-Type", "text/plain")])


@route("GET", "/slow/{ms}")
def slow(app: App, request: Request, ms: str) -> Response:
    response = html("at last")
    response.delay_s = int(ms) / 1000
    return response


@route("GET", "/drop")
def drop(app: App, request: Request) -> Response:
    return Response(0, drop=True)


@route("GET", "/half")
def half(app: App, request: Request) -> Response:
    return Response(200, b"x" * 50, [("Content-Type", "text/plain")], announced=100)


@route("GET", "/broken.json")
def broken_json(app: App, request: Request) -> Response:
    return Response(200, b'{"items": [1, 2', [("Content-Type", "application/json")])


@route("GET", "/redirect/{n}")
def redirects(app: App, request: Request, n: str) -> Response:
    return redirect(f"/redirect/{int(n) - 1}") if int(n) else html("arrived")


@route("*", "/(?:forum|catalog|presence|shift)(?:/.*)?")
def any_page(app: App, request: Request) -> Response:
    return html("a page")


def answer_line(request: Request) -> Response:
    """The TCP service: a store of keys, without memory beyond the well known ones."""
    known = {"colour": "blue", "size": "42"}
    match request.method, request.target.split():
        case "PING", []:
            return Response(body=b"PONG")
        case "SET", [key, _]:
            return Response(body=f"STORED {key}".encode())
        case "GET", [key]:
            return Response(body=f"VALUE {known[key]}".encode() if key in known else b"MISSING")
        case "BULK", [size]:
            return Response(body=b"x" * int(size))
        case "DROP", []:
            return Response(drop=True)
    return Response(400, b"ERROR what is " + request.method.encode())
