"""Headers: mappings that do not care about the case of names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

import _swarm


def lowered(headers: Mapping) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in headers.items()}


class _Comparing:
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return lowered(self) == lowered(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def lower_items(self) -> Iterator[tuple[str, Any]]:
        return iter(lowered(self).items())


class CaseInsensitiveDict(_swarm.HeaderMap, _Comparing, MutableMapping):
    """The headers of a session."""

    __slots__ = ()

    def __init__(self, data: Mapping | Iterable | None = None, **kwargs: Any) -> None:
        if data is not None or kwargs:
            self.update(data or {}, **kwargs)

    def copy(self) -> CaseInsensitiveDict:
        return CaseInsensitiveDict(self)


class ResponseHeaders(_swarm.ResponseHeaders, _Comparing, Mapping):
    """The headers of a response."""

    __slots__ = ()

    def getlist(self, name: str) -> list[str]:
        """All values of a name."""
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]

    def copy(self) -> CaseInsensitiveDict:
        return CaseInsensitiveDict(self)
