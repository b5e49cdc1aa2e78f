"""The exceptions of requests, made of what the engine says. requests is imported when the first
one is needed; where it is not installed, classes of the same names stand for its own."""

from __future__ import annotations

import functools
import importlib
import http.client
import json
import socket
import ssl
import types
import zlib
from typing import Any

ERRNOS = {"refused": ConnectionRefusedError(111, "Connection refused"),
          "unreachable": OSError(113, "No route to host"),
          "timed_out": TimeoutError(110, "Connection timed out"),
          "reset": ConnectionResetError(104, "Connection reset by peer")}


@functools.lru_cache(maxsize=None)
def exceptions_of(package: str) -> Any:
    """Those of requests or urllib3, or what stands for them."""
    try:
        return importlib.import_module(package + ".exceptions")
    except ImportError:
        return substitutes()


def exceptions() -> Any:
    return exceptions_of("requests")


def library() -> Any:
    return exceptions_of("urllib3")


@functools.lru_cache(maxsize=None)
def substitutes() -> Any:
    class RequestException(IOError):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.response, self.request = kwargs.pop("response", None), kwargs.pop("request", None)
            super().__init__(*args)

    class InvalidJSONError(RequestException):
        pass

    class ConnectionError(RequestException):
        pass

    class JSONDecodeError(InvalidJSONError, json.JSONDecodeError):
        def __init__(self, *args: Any) -> None:
            json.JSONDecodeError.__init__(self, *args)

    class IncompleteRead(Exception):
        def __repr__(self) -> str:
            return "IncompleteRead(%d bytes read, %d more expected)" % self.args

    def named(base: type, *names: str) -> dict[str, type]:
        return {name: type(name, (base,), {}) for name in names}

    class ProtocolError(Exception):
        pass

    class NewConnectionError(Exception):
        def __init__(self, connection: Any, message: str) -> None:
            super().__init__(f"{connection}: {message}")

    class ReadTimeoutError(Exception):
        def __init__(self, pool: str, url: str, message: str) -> None:
            super().__init__(f"{pool}: {message}")

    class MaxRetryError(Exception):
        def __init__(self, pool: str, url: str, reason: Exception) -> None:
            super().__init__(
                f"{pool}: Max retries exceeded with url: {url} (Caused by {reason!r})")

    class IncompleteRead(Exception):
        def __repr__(self) -> str:
            return "IncompleteRead(%d bytes read, %d more expected)" % self.args

    def named(base: type, *names: str) -> dict[str, type]:
        return {name: type(name, (base,), {}) for name in names}

    class ProtocolError(Exception):
        pass

    class PoolError(Exception):
        def __init__(self, pool: Any, url: Any, reason: Any = "") -> None:
            super().__init__(f"{pool}: {url} {reason!r}")

    return types.SimpleNamespace(
        RequestException=RequestException, InvalidJSONError=InvalidJSONError,
        ConnectionError=ConnectionError, JSONDecodeError=JSONDecodeError,
        ProtocolError=ProtocolError, IncompleteRead=IncompleteRead, MaxRetryError=MaxRetryError,
        NewConnectionError=NewConnectionError, ReadTimeoutError=ReadTimeoutError,
        SSLError=type("SSLError", (ConnectionError,), {}),
        **named(ConnectionError, "ConnectTimeout"),
        **named(RequestException, "HTTPError", "ReadTimeout", "TooManyRedirects", "InvalidURL",
                "InvalidSchema", "MissingSchema", "InvalidHeader", "ChunkedEncodingError",
                "ContentDecodingError"),
        **named(Exception, "ConnectTimeoutError", "DecodeError"))


def json_error(message: str, document: str, position: int) -> Exception:
    return exceptions().JSONDecodeError(message, document, position)


def bad_url(url: str) -> Exception:
    """What requests says of a URL that it cannot request."""
    scheme, separator, rest = url.partition("://")
    if not separator or not scheme.isascii() or not scheme.replace("+", "").isalnum():
        return exceptions().MissingSchema(
            f"Invalid URL {url!r}: No scheme supplied. Perhaps you meant https://{url}?")
    if scheme.lower() not in ("http", "https"):
        return exceptions().InvalidSchema(f"No connection adapters were found for {url!r}")
    if not rest or rest[0] in "/?#":
        return exceptions().InvalidURL(f"Invalid URL {url!r}: No host supplied")
    return exceptions().InvalidURL(f"Failed to parse: {url}")


def status_error(response: Any, url: str) -> Exception:
    kind = "Client" if response.status_code < 500 else "Server"
    return exceptions().HTTPError(
        f"{response.status_code} {kind} Error: {response.reason} for url: {url}", response=response)


class Connection:
    """A connection, as urllib3 shows it in its texts."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{self.text} at 0x....>"


def chain(*errors: BaseException) -> BaseException:
    """The first one, raised while the second one was handled, and so on."""
    for outer, inner in zip(errors, errors[1:]):
        outer.__context__ = inner
    return errors[0]


def transport_error(response: Any) -> BaseException:
    """The exception with which requests would have failed, with all that it was raised from."""
    kind, text, host, port, tls, path, connect_s, read_s, detail, missing, length = (
        response._failure())
    outer, inner = exceptions(), library()
    secure = "S" if tls else ""
    pool = f"HTTP{secure}ConnectionPool(host={host!r}, port={port})"
    connection = Connection(f"HTTP{secure}Connection(host={host!r}, port={port})")

    if kind in ("refused", "unreachable", "timed_out", "name"):
        cause = (socket.gaierror(-2, "Name or service not known") if kind == "name" else
                 type(ERRNOS[kind])(*ERRNOS[kind].args))
        new = inner.NewConnectionError(connection, f"Failed to establish a new connection: {cause}")
        retries = inner.MaxRetryError(pool, path, new)
        return chain(outer.ConnectionError(retries), retries, new, cause)
    if kind == "connect_timeout":
        late = inner.ConnectTimeoutError(
            connection, f"Connection to {host} timed out. (connect timeout={connect_s:g})")
        retries = inner.MaxRetryError(pool, path, late)
        return chain(outer.ConnectTimeout(retries), retries, late)
    if kind == "read_timeout":
        late = inner.ReadTimeoutError(pool, path, f"Read timed out. (read timeout={read_s:g})")
        return chain(outer.ReadTimeout(late), late)
    if kind == "tls":
        broken = inner.SSLError(tls_error(detail))
        retries = inner.MaxRetryError(pool, path, broken)
        return chain(outer.SSLError(retries), retries, broken)
    if kind == "truncated":
        if not missing:
            return outer.ChunkedEncodingError(inner.ProtocolError("Response ended prematurely"))
        short = inner.IncompleteRead(length, missing)
        return outer.ChunkedEncodingError(
            inner.ProtocolError(f"Connection broken: {short!r}", short))
    if kind == "encoding":
        coding = response.headers.get("content-encoding")
        return outer.ContentDecodingError(inner.DecodeError(
            f"Received response with content-encoding: {coding}, but failed to decode it.",
            zlib.error("Error -3 while decompressing data: incorrect header check")))
    if kind == "redirects":
        return outer.TooManyRedirects("Exceeded 30 redirects.", response=response)
    if kind == "closed":
        cause = http.client.RemoteDisconnected("Remote end closed connection without response")
    elif kind == "reset":
        cause = type(ERRNOS[kind])(*ERRNOS[kind].args)
    elif kind == "no_http":
        cause = http.client.BadStatusLine("no HTTP/1 status line")
    else:
        return outer.ConnectionError(inner.ProtocolError(detail))
    aborted = inner.ProtocolError("Connection aborted.", cause)
    return chain(outer.ConnectionError(aborted), aborted, cause)


def tls_error(detail: str) -> ssl.SSLError:
    if "CERTIFICATE_VERIFY_FAILED" in detail:
        return ssl.SSLCertVerificationError(1, detail)
    return ssl.SSLError(1, detail)


def innermost(error: BaseException) -> BaseException:
    """What the report shows: below all that only says that connecting failed."""
    outer, inner = exceptions(), library()
    wrappers = (outer.ConnectionError, inner.ProtocolError, inner.MaxRetryError,
                inner.NewConnectionError)
    while isinstance(error, wrappers) and error.__context__ is not None:
        error = error.__context__
    return error
