"""How hooks work: listeners, the hook that counts requests, and hooks of Locust before 1.0."""

from __future__ import annotations

import inspect
import logging
import time
import traceback
from typing import Any, Callable, Iterable

import _swarm
from gevent import Timeout

from . import log
from .exception import (
    InterruptTaskSet, RescheduleTask, RescheduleTaskImmediately, StopTest, StopUser)
from .stats import error_text

Listener = Callable[..., Any]

# What a listener may raise to steer the user in whose task it is called.
STEERING = (StopUser, StopTest, RescheduleTask, RescheduleTaskImmediately, InterruptTaskSet)


class RunComplete(StopUser):
    """The run's number of requests is given out."""


class EventHook:
    """Calls its listeners with keyword arguments, in the order in which they were added."""

    def __init__(self) -> None:
        self._handlers: list[Listener] = []

    def add_listener(self, handler: Listener) -> Listener:
        """Also a decorator."""
        self._handlers.append(handler)
        return handler

    def remove_listener(self, handler: Listener) -> None:
        self._handlers.remove(handler)

    def __iadd__(self, handler: Listener) -> EventHook:
        self.add_listener(handler)
        return self

    def __isub__(self, handler: Listener) -> EventHook:
        self.remove_listener(handler)
        return self

    def fire(self, *, reverse: bool = False, **kwargs: Any) -> None:
        call(reversed(self._handlers[:]) if reverse else self._handlers[:], kwargs)

    def measure(self, request_type: str, name: str, response_length: int = 0,
                context: dict | None = None) -> Measurement:
        """Fires when the block ends, with the time that it took. The block may change the dict that
        it gets; an exception in it makes the request a failed one and goes no further.

            with self.environment.events.request.measure("SQL", "select") as request_meta:
                ...
        """
        return Measurement(self, {
            "request_type": request_type, "name": name, "response_length": response_length,
            "context": context or {}, "exception": None})

    # What a measurement tells its hook.

    def begin(self) -> None:
        pass

    def end(self, measured: dict[str, Any]) -> None:
        self.fire(**measured)

    def give_up(self, measured: dict[str, Any]) -> None:
        pass


def call(handlers: Iterable[Listener], kwargs: dict[str, Any]) -> None:
    for handler in handlers:
        try:
            handler(**kwargs)
        except STEERING:
            raise
        except Exception:
            logging.error("Uncaught exception in event handler: \n%s", traceback.format_exc())
            log.unhandled_greenlet_exception = True


class Measurement:
    __slots__ = ("_began", "_hook", "_measured")

    def __init__(self, hook: EventHook, measured: dict[str, Any]) -> None:
        self._hook = hook
        self._measured = measured
        self._began = 0.0

    def __enter__(self) -> dict[str, Any]:
        self._hook.begin()
        self._measured["start_time"] = time.time()
        self._began = time.perf_counter()
        return self._measured

    def __exit__(self, kind: type | None, error: BaseException | None, tb: Any) -> bool:
        measured = self._measured
        measured["response_time"] = (time.perf_counter() - self._began) * 1000
        if isinstance(error, RunComplete) or not isinstance(error, (Exception, Timeout, type(None))):
            # The user was ended, not the request.
            self._hook.give_up(measured)
            return False
        if error is not None:
            measured["exception"] = error
        self._hook.end(measured)
        return isinstance(error, Exception)


def count(request_type: str, name: str, response_time: float | None = None,
          response_length: int | None = 0, exception: Any = None, start_time: float | None = None,
          **_: Any) -> None:
    _swarm.record(
        request_type if type(request_type) is str else str(request_type),
        name if type(name) is str else str(name),
        response_time,
        int(response_length or 0),
        error_text(exception) if exception else None,
        start_time)


class RequestHook(EventHook):
    """A request ended. Whoever fires it has the request counted; the engine counts its own ones, and
    calls the listeners only."""

    def __init__(self) -> None:
        super().__init__()
        self.success = OutcomeHook(self)
        self.failure = OutcomeHook(self)
        self._of_engine = False

    def fire(self, *, reverse: bool = False, **sample: Any) -> None:
        self.begin()
        count(**sample)
        self.tell(**sample)

    def tell(self, **sample: Any) -> None:
        call(self._handlers[:], sample)
        outcome = self.failure if sample.get("exception") else self.success
        if outcome._handlers:
            call(outcome._handlers[:], sample)

    def begin(self) -> None:
        if not _swarm.take_permit():
            raise RunComplete

    def end(self, measured: dict[str, Any]) -> None:
        count(**measured)
        self.tell(**measured)

    def give_up(self, measured: dict[str, Any]) -> None:
        _swarm.record_interrupted(measured["request_type"], measured["name"])

    def add_listener(self, handler: Listener) -> Listener:
        super().add_listener(handler)
        self.listeners_changed()
        return handler

    def remove_listener(self, handler: Listener) -> None:
        super().remove_listener(handler)
        self.listeners_changed()

    def listen_to_engine(self) -> None:
        """From now on, this hook is the one that hears of the engine's requests."""
        self._of_engine = True
        self.listeners_changed()

    def listeners_changed(self) -> None:
        if self._of_engine:
            heard = self._handlers or self.success._handlers or self.failure._handlers
            _swarm.set_request_listener(self.tell if heard else None)


class EchoingHook(EventHook):
    """Tells its news also to hooks of Locust before 1.0."""

    def __init__(self, echo: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._echo = echo

    def fire(self, *, reverse: bool = False, **kwargs: Any) -> None:
        super().fire(reverse=reverse, **kwargs)
        self._echo(kwargs)


class OldHook(EventHook):
    """Locust's arguments grew over the years: a listener gets those that it can take."""

    def add_listener(self, handler: Listener) -> Listener:
        names = accepted(handler)
        self._handlers.append(handler if names is None else Narrowed(handler, names))
        return handler


class OutcomeHook(OldHook):
    """request_success and request_failure."""

    def __init__(self, request: RequestHook) -> None:
        super().__init__()
        self._request = request

    def fire(self, *, reverse: bool = False, **sample: Any) -> None:
        self._request.fire(**{"response_length": 0, "exception": None, "context": {},
                              "response": None, "start_time": None, "url": None, **sample})

    def add_listener(self, handler: Listener) -> Listener:
        super().add_listener(handler)
        self._request.listeners_changed()
        return handler

    def remove_listener(self, handler: Listener) -> None:
        super().remove_listener(handler)
        self._request.listeners_changed()


class Narrowed:
    """A listener that gets no arguments but those of these names; equal to it."""

    __slots__ = ("_handler", "_names")

    def __init__(self, handler: Listener, names: frozenset[str]) -> None:
        self._handler = handler
        self._names = names

    def __call__(self, **kwargs: Any) -> None:
        self._handler(**{name: kwargs[name] for name in self._names & kwargs.keys()})

    def __eq__(self, other: object) -> bool:
        return self is other or self._handler == other

    __hash__ = None  # type: ignore[assignment]


def accepted(handler: Listener) -> frozenset[str] | None:
    """The names of the arguments that a function takes; None if it takes any."""
    try:
        parameters = inspect.signature(handler).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return frozenset(p.name for p in parameters if p.kind is not p.VAR_POSITIONAL)
