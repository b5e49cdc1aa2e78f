"""What seldom is asked of a request, brought into the plain form that the engine takes: the rules
of requests for parameters, bodies, files, cookies, auth and hooks."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Callable
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from . import _http_errors, _multipart
from ._http_cookies import pairs_of
from ._http_headers import CaseInsensitiveDict

PLAIN = frozenset(["url", "name", "catch_response", "headers", "json", "data", "context", "timeout",
                   "allow_redirects", "verify", "stream", "auth"])
RARE = frozenset(["params", "files", "cookies", "proxies", "hooks", "cert"])
FORM = "application/x-www-form-urlencoded"

ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)


def missing(what: str) -> NotImplementedError:
    return NotImplementedError(f"swarm's HTTP client does not have {what} yet")


class NoProxies(dict):
    """Where a scenario would set proxies."""

    def __setitem__(self, scheme: str, url: Any) -> None:
        if url:
            raise missing("proxies")

    def update(self, *args: Any, **kwargs: Any) -> None:
        for scheme, url in dict(*args, **kwargs).items():
            self[scheme] = url


def text_of(url: Any) -> str:
    return url.decode("utf8") if isinstance(url, bytes) else str(url)


def is_absolute(url: str) -> bool:
    return ABSOLUTE.match(url) is not None


def without_userinfo(url: str) -> tuple[str, tuple[str, str] | None]:
    """The URL, and the user and password that it had; both of them are needed."""
    parts = urlsplit(url)
    if not (parts.username and parts.password):
        return url, None
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host)), (unquote(parts.username), unquote(parts.password))


def encoded_form(data: Any) -> str:
    """Names and values of a form or of a URL's parameters; a None is left out."""
    pairs = []
    for name, values in _multipart.pairs(data):
        if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
            values = [values]
        pairs += [(name, value) for value in values if value is not None]
    return urlencode(pairs, doseq=True)


def with_params(url: str, params: Any) -> str:
    if not isinstance(params, (str, bytes)):
        params = encoded_form(params)
    query = text_of(params)
    if not query:
        return url
    url, hash_sign, fragment = url.partition("#")
    separator = ("" if url.endswith(("?", "&")) else "&") if "?" in url else "?"
    return f"{url}{separator}{query}{hash_sign}{fragment}"


def merged_params(of_session: Any, of_request: Any) -> Any:
    if not of_session or not isinstance(of_session, Mapping):
        return of_request or of_session
    if of_request and not isinstance(of_request, Mapping):
        return of_request
    return {**of_session, **(of_request or {})}


def merged_headers(session: Any, headers: Mapping[str, Any]) -> CaseInsensitiveDict:
    merged = CaseInsensitiveDict(session.headers)
    for name, value in headers.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


def plain_headers(headers: Any) -> dict[str, Any]:
    """What is no str or bytes is refused as requests refuses it."""
    plain: dict[str, Any] = {}
    for name, value in _multipart.pairs(headers):
        name = name.decode("latin-1") if isinstance(name, bytes) else str(name)
        if not isinstance(value, (str, bytes, type(None))):
            raise _http_errors.exceptions().InvalidHeader(
                f"Header part ({value!r}) from {(name, value)!r} must be of type str or bytes, "
                f"not {type(value)}")
        plain[name] = value.encode("latin-1") if isinstance(value, str) else value
    return plain


def plain_form(data: Any) -> str:
    """As encoded_form(), but lists are values as any other: the fast client's way."""
    return urlencode(data) if isinstance(data, Mapping) else urlencode(list(data))


def encoded_pair(auth: Any) -> tuple[bytes, ...]:
    return tuple(word if isinstance(word, bytes) else str(word).encode("latin-1") for word in auth)


def basic(auth: Any) -> str:
    return "Basic " + base64.b64encode(b":".join(encoded_pair(auth))).decode()


def body_of(data: Any) -> bytes:
    """What is read or iterated over."""
    if hasattr(data, "read") or isinstance(data, (bytearray, memoryview)):
        return _multipart.content_of(data)
    return chunked(data)


multipart = _multipart.encode


def chunked(pieces: Iterable[Any]) -> bytes:
    """A body of unknown length, as it goes over the wire."""
    body = b""
    for piece in pieces:
        if piece := piece.encode() if isinstance(piece, str) else bytes(piece):
            body += b"%x\r\n%s\r\n" % (len(piece), piece)
    return body + b"0\r\n\r\n"


def set_body(plain: dict[str, Any], files: Any) -> str | None:
    """Makes bytes of `data`, `json` and `files`; returns the type that they have by themselves."""
    data, value = plain.get("data"), plain.pop("json", None)
    if files:
        if isinstance(data, (str, bytes)):
            raise ValueError("Data must not be a string.")
        plain["data"], content_type = _multipart.encode(data, files)
        return content_type
    if not data and value is not None:
        try:
            plain["data"] = json.dumps(value, allow_nan=False).encode()
        except ValueError as error:
            raise _http_errors.exceptions().InvalidJSONError(error) from error
        return "application/json"
    if not data or isinstance(data, (str, bytes)):
        plain["data"] = data or None
    elif isinstance(data, (Mapping, list, tuple)):
        plain["data"] = encoded_form(data)
        return FORM
    else:
        if not hasattr(data, "read") and not isinstance(data, (bytearray, memoryview)):
            plain["headers"]["Transfer-Encoding"] = "chunked"
        plain["data"] = body_of(data)
    return None


class AuthRequest:
    """What an auth callable is given: it may change the URL, the headers and the body."""

    def __init__(self, method: str, url: str, headers: CaseInsensitiveDict, body: Any) -> None:
        self.method = method.upper()
        self.url = url
        self.headers = headers
        self.body = body

    def register_hook(self, *_: Any) -> None:
        raise missing("auth by challenge (HTTPDigestAuth)")

    def prepare_content_length(self, body: Any) -> None:
        """The engine knows the length."""


def set_auth(session: Any, method: str, plain: dict[str, Any]) -> None:
    auth = plain.pop("auth", None) or (None if isinstance(session.auth, tuple) else session.auth)
    if auth is None:
        return
    if not callable(auth) or type(auth).__name__ == "HTTPBasicAuth":
        user, password = (auth.username, auth.password) if callable(auth) else auth
        plain["auth"] = encoded_pair((user, password))
        return
    before = merged_headers(session, plain["headers"])
    request = AuthRequest(method, session._build_url(plain["url"]), before.copy(), plain["data"])
    request = auth(request) or request
    plain["url"], plain["data"] = request.url, request.body
    plain["headers"].update(
        {name: value for name, value in plain_headers(request.headers).items()
         if name not in before or before[name] != request.headers[name]})


def set_hooks(session: Any, plain: dict[str, Any], given: Any) -> None:
    hooks: list[Callable] = []
    for source in (session.__dict__.get("_hooks"), given):
        of_response = (source or {}).get("response") or []
        hooks += [of_response] if callable(of_response) else of_response
    if hooks:
        plain["_hooks"] = hooks


def prepare(session: Any, method: str, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a request of requests in plain form."""
    for name in given.keys() - PLAIN - RARE:
        raise TypeError(f"Session.request() got an unexpected keyword argument {name!r}")
    for name in ("proxies", "cert"):
        if given.get(name):
            raise missing(name)
    plain = {name: value for name, value in given.items() if name in PLAIN}
    plain["url"] = text_of(plain["url"]).lstrip()
    plain["headers"] = {}
    try:
        plain["headers"] = plain_headers(given.get("headers"))
        content_type = set_body(plain, given.get("files"))
    except _http_errors.exceptions().RequestException as refused:
        plain.update(data=None, json=None, auth=None, _refused=refused)
        return plain
    if params := merged_params(session.__dict__.get("_params"), given.get("params")):
        plain["url"] = with_params(plain["url"], params)
    if content_type and "content-type" not in merged_headers(session, plain["headers"]):
        plain["headers"]["Content-Type"] = content_type
    if given.get("cookies"):
        plain["_cookies"] = pairs_of(given["cookies"])
    set_auth(session, method, plain)
    set_hooks(session, plain, given.get("hooks"))
    return plain


# --- responses ---


def guessed_encoding(content: bytes) -> str | None:
    for module in ("charset_normalizer", "chardet"):
        try:
            return __import__(module).detect(content)["encoding"]
        except ImportError:
            pass
    return "utf-8"


def loads(response: Any, error: Callable[..., Exception], kwargs: dict[str, Any]) -> Any:
    """Bytes without an encoding are in one of Unicode's, if they are JSON."""
    content = response.content
    try:
        if response.encoding is None and content and len(content) > 3:
            try:
                return json.loads(content.decode(json.detect_encoding(content)), **kwargs)
            except UnicodeDecodeError:
                pass
        return json.loads(response.text, **kwargs)
    except json.JSONDecodeError as bad:
        raise error(bad.msg, bad.doc, bad.pos) from None


def links_in(header: str) -> dict[str, dict[str, str]]:
    links = {}
    for each in re.split(r", *<", header.strip(" '\"")) if header else ():
        url, *parameters = each.split(";")
        link = {"url": url.strip("<> '\"")}
        for parameter in parameters:
            name, equals, value = parameter.partition("=")
            if not equals:
                break
            link[name.strip(" '\"")] = value.strip(" '\"")
        links[link.get("rel") or link["url"]] = link
    return links
