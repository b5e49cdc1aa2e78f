"""A server that keeps the bytes of every request and answers as the path says; see _ANSWERS."""

import gzip
import json
import re
import select
import socket
import struct
import sys
import threading
import urllib.parse

_JSON = "Content-Type: application/json\r\n"


def _message(status, body=b"", head=""):
    if isinstance(body, str):
        body = body.encode()
    return f"HTTP/1.1 {status}\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _parameters(query):
    return dict(urllib.parse.parse_qsl(query))


def _redirect(connection, path, query):
    asked = _parameters(query)
    head = f"Location: {asked['to']}\r\n"
    if "cookie" in asked:
        head += f"Set-Cookie: {asked['cookie']}\r\n"
    connection.sendall(_message(f"{asked.get('code', '302')} Found", "moved", head))


def _loop(connection, path, query):
    number = int(path.rsplit("/", 1)[1])
    connection.sendall(_message("302 Found", "", f"Location: /loop/{number + 1}\r\n"))


def _status(connection, path, query):
    connection.sendall(_message(path.removeprefix("/status/").replace("_", " "), "status body"))


def _reset(connection, path, query):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def _answer(answer, keep=True):
    def send(connection, path, query):
        connection.sendall(answer)
        return keep

    return send


def _headers(connection, path, query):
    pairs = urllib.parse.parse_qsl(query)
    connection.sendall(_message("200 OK", "headers", "".join(f"{n}: {v}\r\n" for n, v in pairs)))


def _slow(connection, path, query):
    """Answers only when the client has gone."""
    select.select([connection], [], [], 30)
    return False


_BODY = "straße".encode()
_ANSWERS = {
    "/redirect": _redirect,
    "/loop/": _loop,
    "/status/": _status,
    "/headers": _headers,
    "/reset": _reset,
    "/slow": _slow,
    "/close": lambda *_: False,
    "/truncated": _answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", keep=False),
    "/half_chunk": _answer(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", keep=False
    ),
    "/garbage": _answer(b"this is no HTTP\r\n\r\n", keep=False),
    "/gzip": _answer(_message("200 OK", gzip.compress(b"x" * 1000), "Content-Encoding: gzip\r\n")),
    "/bad_gzip": _answer(_message("200 OK", "no gzip at all", "Content-Encoding: gzip\r\n")),
    "/json": _answer(_message("200 OK", '{"id": 7, "name": "straße"}', _JSON)),
    "/bad_json": _answer(_message("200 OK", '{"id": }', _JSON)),
    "/latin1": _answer(
        _message("200 OK", "straße".encode("latin-1"), "Content-Type: text/plain; charset=latin-1\r\n")
    ),
    "/text_utf8": _answer(_message("200 OK", _BODY, "Content-Type: text/plain\r\n")),
    "/no_type": _answer(_message("200 OK", _BODY)),
    "/lines": _answer(_message("200 OK", "one\ntwo\r\nthree", "Content-Type: text/plain\r\n")),
    "/links": _answer(_message("200 OK", "", 'Link: </page/2>; rel="next"\r\n')),
    "/until_close": _answer(b"HTTP/1.0 200 OK\r\n\r\nuntil the end", keep=False),
}


class _BodilessConnection:
    """A connection on which answers to HEAD are sent: without their bodies."""

    def __init__(self, connection):
        self._connection = connection

    def sendall(self, message):
        head, end, _ = message.partition(b"\r\n\r\n")
        self._connection.sendall(head + end)


def _read_chunks(stream):
    raw = b""
    while True:
        line = stream.readline()
        raw += line
        size = int(line.split(b";")[0], 16)
        raw += stream.read(size + 2)
        if size == 0:
            return raw


class ScriptedServer:
    """Listens on a free port of loopback. `requests` has the raw bytes of all requests."""

    def __init__(self):
        self.requests = []
        self.connections = 0
        self.open = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def take(self):
        """The requests since the last call."""
        taken, self.requests = self.requests, []
        return taken

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        self.open.add(connection)
        try:
            with connection, connection.makefile("rb") as stream:
                while self._serve_one(connection, stream):
                    pass
        except (ConnectionError, ValueError, OSError):
            pass
        finally:
            self.open.discard(connection)

    def _serve_one(self, connection, stream):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline()
            if not line:
                return False
            head += line
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        body = stream.read(int(length[1])) if length else b""
        if re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
            body = _read_chunks(stream)
        self.requests.append(head + body)
        method, target, _ = head.split(b" ", 2)
        path, _, query = target.decode("latin-1").partition("?")
        answering = _BodilessConnection(connection) if method == b"HEAD" else connection
        for known, answer in _ANSWERS.items():
            if path == known or (known.endswith("/") and path.startswith(known)):
                return answer(answering, path, query) is not False
        body = b"" if method == b"HEAD" else json.dumps({"path": path}).encode()
        connection.sendall(_message("200 OK", body, _JSON))
        return True


def main():
    """Serves as a program: prints its URL; for each line of its input, what came since."""
    server = ScriptedServer()
    print(server.url, flush=True)
    for _ in sys.stdin:
        print(json.dumps([raw.decode("latin-1") for raw in server.take()]), flush=True)


if __name__ == "__main__":
    main()
