"""Messages of a scenario's own, handed to those who listen to them."""

from __future__ import annotations

import logging
import traceback
from collections import deque
from typing import TYPE_CHECKING, Any, Callable

import gevent

from .rpc import Message

if TYPE_CHECKING:
    from .env import Environment

Listener = Callable[..., Any]


class Inbox:
    """Listeners are called one after the other, in the order in which their messages came; those
    that are concurrent at once, each in a greenlet."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._waiting: deque[tuple[Listener, Message]] = deque()
        self._reader: gevent.Greenlet | None = None

    def put(self, message: Message, listener: Listener, concurrent: bool) -> None:
        if concurrent:
            gevent.spawn(self._deliver, listener, message)
            return
        self._waiting.append((listener, message))
        if self._reader is None:
            self._reader = gevent.spawn(self._read)

    def _read(self) -> None:
        try:
            while self._waiting:
                self._deliver(*self._waiting.popleft())
        finally:
            self._reader = None

    def _deliver(self, listener: Listener, message: Message) -> None:
        gevent.getcurrent().holds_as = f"A listener of {message.type} messages"
        try:
            listener(environment=self._environment, msg=message)
        except Exception:
            logging.error("Uncaught exception in handler for %s\n%s", message.type,
                          traceback.format_exc())
