"""What of a response is seldom looked at: what was sent, redirects, the body in pieces."""

from __future__ import annotations

import codecs
import datetime
import json
from typing import Any, Iterator
from urllib.parse import urlsplit

from ._http_headers import CaseInsensitiveDict


def headers_in(head: str) -> CaseInsensitiveDict:
    """The fields below the first line of a message's head; repeated ones joined by commas."""
    headers = CaseInsensitiveDict()
    for line in head.replace("\r", "").split("\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            value = value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


class SentRequest:
    """A request as it was sent."""

    def __init__(self, method: str, url: str, head: str, body: bytes) -> None:
        self.method = method
        self.url = url
        self.headers = headers_in(head)
        self.body = body or None

    @classmethod
    def of(cls, response: Any) -> SentRequest | None:
        sent = response._sent()
        return sent and cls(*sent)

    @property
    def path_url(self) -> str:
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @property
    def payload(self) -> bytes | None:
        return self.body

    def __repr__(self) -> str:
        return f"<PreparedRequest [{self.method}]>"


class HistoryResponse:
    """A response that led elsewhere. Its body was passed over."""

    content = b""
    text = ""
    error = None
    is_redirect = ok = True

    def __init__(self, url: str, method: str, status: int, head: str, seconds: float) -> None:
        self.url = url
        self.status_code = status
        self.headers = headers_in(head)
        self.reason = head.split("\r\n", 1)[0].split(" ", 2)[2:][0] if head.count(" ") > 1 else ""
        self.elapsed = datetime.timedelta(seconds=seconds)
        self.request = SentRequest(method, url, "", b"")
        self.history: list[HistoryResponse] = []

    @property
    def is_permanent_redirect(self) -> bool:
        return self.status_code in (301, 308)

    def raise_for_status(self) -> None:
        """A redirect is no failure."""

    def __repr__(self) -> str:
        return f"<Response [{self.status_code}]>"

    def json(self, **kwargs: Any) -> Any:
        return json.loads(self.text, **kwargs)


class StreamedBody:
    """Reading a body in pieces: what has come of a request with stream=True, or parts of what is
    there. A body with a Content-Encoding is decoded as a whole."""

    __slots__ = ()

    def _pieces(self, size: int) -> Iterator[bytes]:
        while self._streaming:
            piece = self._read(size)
            if not piece:
                return
            yield piece
        content = self.content or b""
        for begin in range(0, len(content), size):
            yield content[begin:begin + size]

    def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False) -> Iterator:
        pieces = self._pieces(chunk_size or 65536)
        if not decode_unicode or self.encoding is None:
            return pieces
        return self._decoded(pieces)

    def _decoded(self, pieces: Iterator[bytes]) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
        for piece in pieces:
            if text := decoder.decode(piece):
                yield text
        if text := decoder.decode(b"", final=True):
            yield text

    def iter_lines(self, chunk_size: int = 512, decode_unicode: bool = False,
                   delimiter: Any = None) -> Iterator:
        """The lines without their ends; those that have come are not held back."""
        pending = None
        for piece in self.iter_content(chunk_size, decode_unicode):
            if pending is not None:
                piece = pending + piece
            lines = piece.split(delimiter) if delimiter else piece.splitlines()
            # The last one goes on in the next piece, unless this one ended with it.
            ended = not (lines and lines[-1] and piece and lines[-1][-1] == piece[-1])
            pending = None if ended else lines.pop()
            yield from lines
        if pending is not None:
            yield pending

    @property
    def raw(self) -> Any:
        """The body as a file."""
        return RawBody(self)


class RawBody:
    def __init__(self, response: Any) -> None:
        self._pieces = response.iter_content(65536)
        self._kept = b""

    def read(self, amt: int | None = None, decode_content: bool = True) -> bytes:
        while amt is None or len(self._kept) < amt:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._kept += piece
        amt = len(self._kept) if amt is None else amt
        result, self._kept = self._kept[:amt], self._kept[amt:]
        return result

    def stream(self, amt: int = 65536, decode_content: bool = True) -> Iterator[bytes]:
        while piece := self.read(amt):
            yield piece
