"""A server that writes down every request that it gets: what arrives is the truth about a client.

    with Server(respond) as server:                      # or Server(respond, tls=(certificate, key))
        ...                                              # load server.url
        server.log                                       # a list of Request, in order of arrival

`respond` makes a Response from a Request; it is called in a thread of the connection's own.
"""

import itertools
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field

HEAD_LIMIT = 64 * 1024


@dataclass
class Request:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    connection: int = 0  # counted from 1, in order of acceptance
    at: float = 0.0  # seconds of the monotonic clock, when its head was complete
    status: int = 0  # what was answered
    notes: dict = field(default_factory=dict)  # whatever `respond` wants to remember

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass
class Response:
    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    delay_s: float = 0.0
    announced: int | None = None  # a Content-Length other than the body's: the connection ends after it
    drop: bool = False  # close the connection without an answer


class Connection(socketserver.StreamRequestHandler):
    """One connection of a client, HTTP/1.1 with keep-alive."""

    disable_nagle_algorithm = True
    timeout = 30
    server: "Server"

    def setup(self) -> None:
        if self.server.tls:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        number = next(self.server.connections)
        while request := self.read():
            request.connection = number
            request.at = time.monotonic()
            self.server.log.append(request)
            self.read_body(request)
            response = self.server.respond(request)
            request.status = response.status
            if not self.answer(request, response):
                return

    def read(self) -> Request | None:
        line = self.rfile.readline(HEAD_LIMIT)
        if not line:
            return None
        method, target, _ = line.decode("latin-1").split()
        headers = []
        while (line := self.rfile.readline(HEAD_LIMIT)) not in (b"\r\n", b"\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name, value.strip()))
        return Request(method, target, headers)

    def read_body(self, request: Request) -> None:
        if (request.header("transfer-encoding") or "").lower() == "chunked":
            while size := int(self.rfile.readline(), 16):
                request.body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            request.body = self.rfile.read(int(request.header("content-length") or 0))

    def answer(self, request: Request, response: Response) -> bool:
        """False: the connection is over."""
        if response.delay_s:
            time.sleep(response.delay_s)
        if response.drop:
            return False
        length = len(response.body) if response.announced is None else response.announced
        lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Other')}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        if response.status not in (204, 304):
            lines.append(f"Content-Length: {length}")
        body = b"" if request.method == "HEAD" else response.body
        self.wfile.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        return response.announced is None


REASONS = {
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 302: "Found", 303: "See Other",
    304: "Not Modified", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 409: "Conflict", 412: "Precondition Failed",
    422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error",
    503: "Service Unavailable",
}


class Lines(socketserver.StreamRequestHandler):
    """One connection of the TCP service: a line in, a line out."""

    timeout = 30
    server: "Server"

    def handle(self) -> None:
        number = next(self.server.connections)
        for line in self.rfile:
            command, _, rest = line.decode().strip().partition(" ")
            request = Request(command, rest, [], connection=number, at=time.monotonic())
            self.server.log.append(request)
            response = self.server.respond(request)
            request.status = response.status
            if response.drop:
                return
            self.wfile.write(response.body + b"\n")


class Server(socketserver.ThreadingTCPServer):
    """On a free port of 127.0.0.1, from the beginning of `with` to its end."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, respond, tls: tuple[str, str] | None = None, kind=Connection):
        super().__init__(("127.0.0.1", 0), kind)
        self.respond = respond
        self.log: list[Request] = []
        self.connections = itertools.count(1)
        self.tls = None
        if tls:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*tls)
        self.host = f"127.0.0.1:{self.server_address[1]}"
        scheme = "tcp" if kind is Lines else "https" if tls else "http"
        self.url = f"{scheme}://{self.host}"

    def handle_error(self, request, client_address) -> None:
        """A client that goes away, or does not like the certificate, is no news."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception):
        self.shutdown()
        self.server_close()
