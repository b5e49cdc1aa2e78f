"""Fires the scenario's hooks where the engine calls: in the hub, which must not wait. So listeners
get a greenlet, in which they may."""

from __future__ import annotations

import logging
import traceback
from typing import Any, Callable

import gevent
import greenlet

import locust

from . import log

logger = logging.getLogger("locust.runners")


class ListenersGreenlet(gevent.Greenlet):
    """Calls the listeners of a hook, soon."""

    def __init__(self, hook: str, done: Callable[[], Any] | None, news: dict[str, Any]) -> None:
        super().__init__()
        self.holds_as = listeners_of(hook)
        self._hook = getattr(locust.events, hook)
        self._done = done
        self._news = news

    def _run(self) -> None:
        try:
            self._hook.fire(**self._news)
        finally:
            if self._done is not None:
                self._done()


def fire_apart(hook: str, done: Callable[[], Any] | None = None, **news: Any) -> None:
    """Soon; `done` is called once all listeners have returned."""
    apart = ListenersGreenlet(hook, done, news)
    apart.link_exception(log.greenlet_exception_logger(logger))
    apart.start()


def fire_now(hook: str, **news: Any) -> bool:
    """At once. False: a listener waits for something; it goes on later."""
    if gevent.getcurrent() is not gevent.get_hub():
        fire(hook, news)
        return True
    now = greenlet.greenlet(lambda: fire(hook, news))
    now.switch()
    return bool(now.dead)


def fire(hook: str, news: dict[str, Any]) -> None:
    try:
        getattr(locust.events, hook).fire(**news)
    except Exception:  # those that steer users, but there is none here
        logger.error("Uncaught exception in %s: \n%s", listeners_of(hook), traceback.format_exc())
        log.unhandled_greenlet_exception = True


def listeners_of(hook: str) -> str:
    return f"A listener of {hook}"
