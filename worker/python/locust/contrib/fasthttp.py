"""The HTTP client of FastHttpUser: the engine, with the habits of Locust's fast client."""

from __future__ import annotations

import json
import socket
import ssl
import zlib
from typing import Any, Iterator

import _swarm
from gevent import Timeout

from .. import _http_errors, _http_rules
from .._http_cookies import CookieJar
from .._http_response import StreamedBody
from ..clients import BaseSession, ResponseContextManager as _Shared
from ..exception import CatchResponseError, LocustError, ResponseError, StopTest  # noqa: F401
from ..user.users import FastHttpUser  # noqa: F401

FORM = "application/x-www-form-urlencoded; charset=utf-8"
RARE = frozenset(["params", "files", "debug_stream", "max_retries", "max_redirects"])


class ConnectionError(Exception):
    """There is no usable response."""

    def __init__(self, url: str | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(url, *args)
        self.url = url
        self.__dict__.update(kwargs)
        self.kw_text = ", ".join(f"{name}={value}" for name, value in kwargs.items())
        words = [": ".join(map(str, args))] if args else []
        self.text = ", ".join(words + ([self.kw_text] if kwargs else []))

    def __str__(self) -> str:
        return f"URL {self.url}: {self.text}" if self.text else f"URL {self.url}"

    def __repr__(self) -> str:
        shown = [repr(arg) for arg in self.args] + ([self.kw_text] if self.kw_text else [])
        return f"{type(self).__name__}({', '.join(shown)})"


class RetriesExceeded(ConnectionError):
    pass


class BadStatusCode(ConnectionError):
    pass


class LocustBadStatusCode(BadStatusCode):
    """Without its URL in the repr: failures are grouped by that."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.kw_text})"


class HTTPConnectionClosed(Exception):
    pass


class HTTPParseError(Exception):
    pass


FAILURE_EXCEPTIONS = (ConnectionError, ConnectionRefusedError, ConnectionResetError, socket.error,
                      ssl.SSLError, Timeout, HTTPConnectionClosed, HTTPParseError, zlib.error)


class _Client:
    """What scenarios reach for behind a session."""

    def __init__(self, session: FastHttpSession) -> None:
        self._session = session
        self.clientpool = self

    def close(self) -> None:
        self._session.close()


class FastHttpSession(BaseSession):
    """Makes requests below a base URL; see HttpSession. What differs is what Locust's fast client
    does otherwise: headers, names (the URL as given), exceptions, and time-outs of 60 seconds."""

    def __init__(self, base_url: str | None = None, request_event: Any = None, user: Any = None,
                 insecure: bool = True, client_pool: Any = None, ssl_context_factory: Any = None,
                 *, network_timeout: float = 60.0, connection_timeout: float = 60.0,
                 headers: Any = None, proxy_host: str | None = None, proxy_port: Any = None,
                 **_: Any) -> None:
        if proxy_host:
            raise _http_rules.missing("proxies")
        if ssl_context_factory is not None:
            raise _http_rules.missing("ssl_context_factory")
        super().__init__(base_url, request_event, user, True)
        self._set_timeouts(connection_timeout, network_timeout)
        if not insecure:
            self.verify = True
        if headers:
            self.headers.update(headers)

    @property
    def cookiejar(self) -> CookieJar:
        return CookieJar(self)

    @property
    def client(self) -> _Client:
        return _Client(self)

    @property
    def auth_header(self) -> str | None:
        return None if self.auth is None else _http_rules.basic(self.auth)

    def iter_lines(self, url: str, method: str = "GET", **kwargs: Any) -> Iterator[str]:
        """The lines of a streamed response, while they come."""
        response = self.request(method, url, stream=True, **kwargs)
        response.raise_for_status()
        yield from response.iter_lines(decode_unicode=True)

    def _prepare(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        for name in given.keys() - _http_rules.PLAIN - RARE:
            raise TypeError(f"request() got an unexpected keyword argument {name!r}")
        plain = {name: value for name, value in given.items() if name in _http_rules.PLAIN}
        url = plain["url"] = _http_rules.text_of(plain["url"])
        plain.setdefault("name", url)
        headers = plain["headers"] = _http_rules.plain_headers(given.get("headers"))
        own = {name.lower() for name in headers}
        data, value = plain.get("data"), plain.pop("json", None)
        if given.get("files"):
            plain["data"], headers["Content-Type"] = _http_rules.multipart(data, given["files"])
        elif not data and value is not None:
            plain["data"] = json.dumps(value).encode()
            for name in ("Content-Type", "Accept"):
                if name.lower() not in own:
                    headers[name] = "application/json"
        elif isinstance(data, dict):
            plain["data"] = _http_rules.plain_form(data) or None
            if data and "content-type" not in own:
                headers["Content-Type"] = FORM
        elif data and not isinstance(data, (str, bytes)):
            if not hasattr(data, "read") and not isinstance(data, (bytearray, memoryview)):
                headers["Transfer-Encoding"] = "chunked"
            plain["data"] = _http_rules.body_of(data)
        if given.get("params"):
            plain["url"] = _http_rules.with_params(url, _http_rules.plain_form(given["params"]))
        if plain.get("auth"):
            plain["auth"] = _http_rules.encoded_pair(plain["auth"])
        return plain

    def _raise_bad_url(self, url: Any) -> None:
        raise ValueError(f"invalid request URI {self._build_url(url)!r}")

    def _new_refusal(self, message: str) -> Exception:
        raise ValueError(message)


class FastResponse(_swarm.Response, StreamedBody):
    """What a request returns."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.status_code}]>"

    request = _Shared.request
    history = _Shared.history
    cookies = _Shared.cookies
    apparent_encoding = _Shared.apparent_encoding

    def info(self) -> Any:
        return self.headers

    def release(self) -> None:
        """Nothing to do: the connection goes back as soon as the body is there."""

    close = release

    def iter_content(self, chunk_size: int = 1024, decode_content: bool = True) -> Iterator:
        """Pieces of text; what is none stays bytes."""
        for piece in self._pieces(chunk_size):
            if decode_content:
                try:
                    piece = piece.decode()
                except UnicodeDecodeError:
                    pass
            yield piece

    def iter_lines(self, chunk_size: int = 1024, decode_unicode: bool = False) -> Iterator:
        kept = ""
        for piece in self.iter_content(chunk_size):
            kept += piece if isinstance(piece, str) else piece.decode("utf-8", "replace")
            *lines, kept = kept.split("\n")
            yield from lines
        if kept:
            yield kept

    def _json(self, **kwargs: Any) -> Any:
        return json.loads(self.text, **kwargs)

    # How failures look, for the engine.

    def _new_error(self) -> BaseException:
        kind, text, host, port, tls, path, connect_s, read_s, detail, missing, length = (
            self._failure())
        if kind == "status":
            return LocustBadStatusCode(self.url, code=self.status_code)
        if kind in ("refused", "unreachable"):
            return type(_http_errors.ERRNOS[kind])(*_http_errors.ERRNOS[kind].args)
        if kind == "name":
            return socket.gaierror(-2, "Name or service not known")
        if kind in ("closed", "reset"):
            return HTTPConnectionClosed("connection closed.")
        if kind in ("connect_timeout", "read_timeout"):
            return RetriesExceeded(self.url, 0, original=socket.timeout("timed out"))
        if kind == "tls":
            return _http_errors.tls_error(detail)
        if kind == "encoding":
            return zlib.error("Error -3 while decompressing data: incorrect header check")
        if kind == "redirects":
            return RetriesExceeded(self.url, "Redirection limit reached (30)")
        if kind == "no_http":
            return HTTPParseError("Expected HTTP/, RTSP/ or ICE/", 8)
        return HTTPParseError("Incomplete response." if kind == "truncated" else detail)

    def _reported(self) -> BaseException:
        return self.error

    def _raise(self) -> None:
        raise self.error


class ResponseContextManager(FastResponse):
    """What a request with `catch_response=True` returns."""

    __slots__ = ()


class RestResponseContextManager(ResponseContextManager):
    """What `rest()` gives: `js` is the answer as Python objects."""

    __slots__ = ()

    js: Any


class ErrorResponse(FastResponse):
    """A response with status 0. (It is a FastResponse here.)"""

    __slots__ = ()


class FastRequest:
    """Of Locust; requests are `response.request` here."""


_swarm.use_response_types(True, FastResponse, ResponseContextManager)
