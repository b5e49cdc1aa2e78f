from __future__ import annotations

import functools
import logging
import time
from typing import Any, Callable

logger = logging.getLogger(__name__)


def retry(delays: tuple[float, ...] = (1, 3, 5),
          exception: type[Exception] = Exception) -> Callable[[Callable], Callable]:
    """Calls a function again after each of the delays, until it does not raise."""

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def persistent(*args: Any, **kwargs: Any) -> Any:
            for number, delay in enumerate(delays, 1):
                try:
                    return function(*args, **kwargs)
                except exception as error:
                    logger.info("Exception found on retry %d: -- retry after %ds", number, delay)
                    logger.exception(error)
                    time.sleep(delay)
            return function(*args, **kwargs)

        return persistent

    return decorate
