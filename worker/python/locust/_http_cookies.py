"""Cookies, as requests shows them; they live in the engine."""

from __future__ import annotations

import http.cookiejar
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

import _swarm


def as_cookie(name: str, value: str, domain: str, path: str, expires: int | None, secure: int,
              http_only: int, host_only: int) -> http.cookiejar.Cookie:
    return http.cookiejar.Cookie(
        0, name, value, None, False, domain, bool(domain), not host_only, path, bool(path),
        bool(secure), expires, expires is None, None, None, {"HttpOnly": None} if http_only else {})


class CookieConflictError(RuntimeError):
    """Several cookies of that name: say the domain or the path."""


class CookieJar(_swarm.CookieJar, MutableMapping):
    """A dict of names and values, and a jar of cookies with domain and path."""

    __slots__ = ()

    def __init__(self, source: Any = None) -> None:
        """`source`: a session, whose cookies these are; or a response, which has set them."""
        super().__init__(source)

    @staticmethod
    def cookies_in(given: Any) -> list[http.cookiejar.Cookie]:
        """The cookies of a jar, or of a mapping of names and values."""
        if isinstance(given, (CookieJar, http.cookiejar.CookieJar, list)):
            return list(given)
        return [as_cookie(name, str(value), "", "/", None, 0, 0, 1)
                for name, value in dict(given or {}).items()]

    def __iter__(self) -> Iterator[http.cookiejar.Cookie]:  # type: ignore[override]
        return (as_cookie(*fields) for fields in self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __contains__(self, name: object) -> bool:
        return any(fields[0] == name for fields in self._all())

    def __getitem__(self, name: str) -> str:
        return self._find_one(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.set(name, value)

    def __delitem__(self, name: str) -> None:
        self._remove(None, None, name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}[{', '.join(map(repr, self))}]>"

    def _find_one(self, name: str, domain: str | None = None, path: str | None = None) -> str:
        found = [fields[1] for fields in self._all()
                 if fields[0] == name and domain in (None, fields[2]) and path in (None, fields[3])]
        if not found:
            raise KeyError(f"name={name!r}, domain={domain!r}, path={path!r}")
        if len(found) > 1:
            raise CookieConflictError(f"There are multiple cookies with name, {name!r}")
        return found[0]

    def get(self, name: str, default: Any = None, domain: str | None = None,
            path: str | None = None) -> Any:
        try:
            return self._find_one(name, domain, path)
        except KeyError:
            return default

    def set(self, name: str, value: Any, **kwargs: Any) -> http.cookiejar.Cookie | None:
        """`domain`, `path`, `expires`, `secure` and so on say where it belongs; None removes it."""
        if value is None:
            self._remove(kwargs.get("domain"), kwargs.get("path"), name)
            return None
        if hasattr(value, "value"):  # a Morsel of http.cookies
            kwargs = {"domain": value["domain"], "path": value["path"] or "/", **kwargs}
            value = value.value
        cookie = as_cookie(name, str(value), kwargs.get("domain") or "", kwargs.get("path") or "/",
                           kwargs.get("expires"), kwargs.get("secure", False),
                           "HttpOnly" in (kwargs.get("rest") or {}), 1)
        self.set_cookie(cookie)
        return cookie

    def set_cookie(self, cookie: http.cookiejar.Cookie, *_: Any, **__: Any) -> None:
        self._put(cookie.name, cookie.value or "", cookie.domain or "", cookie.path or "/",
                  cookie.expires, cookie.secure, cookie.has_nonstandard_attr("HttpOnly"))

    def update(self, other: Any = (), **kwargs: Any) -> None:  # type: ignore[override]
        for cookie in self.cookies_in(other) + self.cookies_in(kwargs):
            self.set_cookie(cookie)

    def get_dict(self, domain: str | None = None, path: str | None = None) -> dict[str, str]:
        return {fields[0]: fields[1] for fields in self._all()
                if domain in (None, fields[2]) and path in (None, fields[3])}

    def clear(self, domain: str | None = None, path: str | None = None,
              name: str | None = None) -> None:
        self._remove(domain, path, name)

    def clear_session_cookies(self) -> None:
        for cookie in self:
            if cookie.discard:
                self._remove(cookie.domain, cookie.path, cookie.name)

    def keys(self) -> list[str]:  # type: ignore[override]
        return [fields[0] for fields in self._all()]

    iterkeys = keys

    def values(self) -> list[str]:  # type: ignore[override]
        return [fields[1] for fields in self._all()]

    def items(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return [fields[:2] for fields in self._all()]

    iteritems = items

    def list_domains(self) -> list[str]:
        return list(dict.fromkeys(fields[2] for fields in self._all()))

    def list_paths(self) -> list[str]:
        return list(dict.fromkeys(fields[3] for fields in self._all()))

    def multiple_domains(self) -> bool:
        domains = [fields[2] for fields in self._all()]
        return len(domains) != len(set(domains))

    def copy(self) -> CookieJar:
        jar = CookieJar()
        jar.update(self)
        return jar

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CookieJar):
            return self._all() == other._all()
        return isinstance(other, Mapping) and self.get_dict() == other

    __hash__ = None  # type: ignore[assignment]


def pairs_of(given: Any) -> Iterable[tuple[str, str]]:
    """The names and values of `cookies=`."""
    return [(cookie.name, cookie.value or "") for cookie in CookieJar.cookies_in(given)]
