"""The HTTP client of HttpUser: it looks like a session of requests, and is the engine's."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import Any, Iterator

import _swarm

from . import _http_errors, _http_rules
from ._http_cookies import CookieJar
from ._http_headers import CaseInsensitiveDict, ResponseHeaders
from ._http_response import HistoryResponse, SentRequest, StreamedBody
from .exception import CatchResponseError, LocustError, ResponseError  # noqa: F401

__all__ = ("HttpSession", "ResponseContextManager")

logger = logging.getLogger(__name__)

ignored_adapters: set[str] = set()


class BaseSession(_swarm.Session):
    """What both clients have: the engine makes the requests, and asks _prepare() only for what is
    seldom given."""

    def __init__(self, base_url: str | None, request_event: Any, user: Any, fast: bool) -> None:
        auth = None
        if base_url and "@" in base_url:
            base_url, auth = _http_rules.without_userinfo(base_url)
        super().__init__(base_url, user, fast)
        if auth:
            self.auth = auth
        self.request_event = request_event
        # A hook that does not hear of the engine's requests anyway.
        if request_event is not None and not getattr(request_event, "_of_engine", False):
            self._own_listener = self._tell_own_hook

    def _tell_own_hook(self, **sample: Any) -> None:
        hook = self.request_event
        if not getattr(hook, "_of_engine", False):
            getattr(hook, "tell", hook.fire)(**sample)

    def _build_url(self, path: Any) -> str:
        """Where a request for `path` goes."""
        path = _http_rules.text_of(path)
        return path if _http_rules.is_absolute(path) else f"{self.base_url}{path}"

    @property
    def cookies(self) -> CookieJar:
        """Those that servers have set, and those that the scenario sets."""
        return CookieJar(self)

    @cookies.setter
    def cookies(self, value: Any) -> None:
        jar = CookieJar(self)
        kept = CookieJar.cookies_in(value)
        jar.clear()
        jar.update(kept)

    @contextmanager
    def rename_request(self, name: str) -> Iterator[None]:
        """All requests of the block are reported under that name."""
        self.request_name = name
        try:
            yield
        finally:
            self.request_name = None

    def __enter__(self) -> BaseSession:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


class HttpSession(BaseSession):
    """Makes requests below a base URL and keeps cookies between them, as a session of requests
    does. Each request is reported, unless `catch_response=True` leaves it to a block:

        with self.client.get("/path", catch_response=True) as response:
            if response.text != "Success":
                response.failure("Got wrong response")
    """

    trust_env = False
    max_redirects = 30
    stream = False
    cert = None

    def __init__(self, base_url: str | None, request_event: Any = None, user: Any = None,
                 *args: Any, pool_manager: Any = None, **kwargs: Any) -> None:
        super().__init__(base_url, request_event, user, False)

    # What every request gets. Setting it makes each of them go through _prepare().

    @property
    def params(self) -> Any:
        return self.__dict__.setdefault("_params", {})

    @params.setter
    def params(self, value: Any) -> None:
        self.__dict__["_params"] = value
        self._prepares = True

    @property
    def hooks(self) -> dict[str, list]:
        self._prepares = True
        return self.__dict__.setdefault("_hooks", {"response": []})

    @hooks.setter
    def hooks(self, value: dict[str, list]) -> None:
        self.__dict__["_hooks"] = value
        self._prepares = True

    @property
    def proxies(self) -> _http_rules.NoProxies:
        return _http_rules.NoProxies()

    @proxies.setter
    def proxies(self, value: Any) -> None:
        if value:
            raise _http_rules.missing("proxies")

    def mount(self, prefix: str, adapter: Any) -> None:
        """The engine has no adapters: says so, once for each kind."""
        kind = type(adapter).__name__
        if kind not in ignored_adapters:
            ignored_adapters.add(kind)
            logger.warning("client.mount(%r, %s) has no effect: swarm keeps connections itself, and "
                           "never sends a request again", prefix, kind)

    def _prepare(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        return _http_rules.prepare(self, method, given)

    def _raise_bad_url(self, url: Any) -> None:
        raise _http_errors.bad_url(self._build_url(url))

    def _new_refusal(self, message: str) -> Exception:
        return _http_errors.exceptions().InvalidHeader(message)


class ResponseContextManager(_swarm.Response, StreamedBody):
    """What a request returns; with `catch_response=True`, what decides about it in its block."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Response [{self.status_code}]>"

    def __bool__(self) -> bool:
        return self.ok

    def __iter__(self) -> Iterator[bytes]:
        return self.iter_content(128)

    @property
    def request(self) -> SentRequest | None:
        """What was sent: method, url, path_url, headers, body."""
        return SentRequest.of(self)

    @property
    def history(self) -> list[HistoryResponse]:
        """The redirects that led here, the first one first."""
        return [HistoryResponse(*hop) for hop in self._hops()]

    @property
    def cookies(self) -> CookieJar:
        """Those that this response has set."""
        return CookieJar(self)

    @property
    def is_redirect(self) -> bool:
        return "location" in self.headers and self.status_code in (301, 302, 303, 307, 308)

    @property
    def is_permanent_redirect(self) -> bool:
        return "location" in self.headers and self.status_code in (301, 308)

    @property
    def links(self) -> dict[str, dict[str, str]]:
        """What the Link header says, by relation."""
        return _http_rules.links_in(self.headers.get("link", ""))

    @property
    def apparent_encoding(self) -> str | None:
        """What the bytes look like."""
        return _http_rules.guessed_encoding(self.content or b"")

    @property
    def next(self) -> None:
        """Redirects are followed by the engine."""
        return None

    def close(self) -> None:
        """Nothing to do: the connection goes back as soon as the body is there."""

    def _json(self, **kwargs: Any) -> Any:
        return _http_rules.loads(self, _http_errors.json_error, kwargs)

    # How failures look, for the engine.

    def _new_error(self) -> Exception:
        return _http_errors.transport_error(self)

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error
        raise _http_errors.status_error(self, self.url)

    def _reported(self) -> Exception:
        if self.error is not None:
            return _http_errors.innermost(self.error)
        return _http_errors.status_error(self, self._name)


_swarm.use_header_types(CaseInsensitiveDict, ResponseHeaders)
_swarm.use_response_types(False, ResponseContextManager, ResponseContextManager)
