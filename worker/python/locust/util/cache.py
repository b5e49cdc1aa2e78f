from __future__ import annotations

import functools
import time
from typing import Any, Callable


def memoize(timeout: float, dynamic_timeout: bool = False) -> Callable[[Callable], Callable]:
    """Keeps the result of a function for `timeout` seconds, whatever its arguments; longer if the
    function takes longer than that (`dynamic_timeout`)."""

    def decorate(function: Callable) -> Callable:
        result: Any = None
        fresh_until = float("-inf")
        kept_s = timeout

        @functools.wraps(function)
        def remembered(*args: Any, **kwargs: Any) -> Any:
            nonlocal result, fresh_until, kept_s
            began = time.time()
            if began > fresh_until:
                result = function(*args, **kwargs)
                ended = time.time()
                if dynamic_timeout and ended - began > kept_s:
                    kept_s *= 2
                fresh_until = ended + kept_s
            return result

        def clear_cache() -> None:
            nonlocal fresh_until
            fresh_until = float("-inf")

        remembered.clear_cache = clear_cache  # type: ignore[attr-defined]
        return remembered

    return decorate
