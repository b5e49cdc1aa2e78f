"""gevent's hub on swarm's loop.

`install()` is all that the rest of swarm needs. The class `loop` is what gevent asks for
(gevent.config.loop, or GEVENT_LOOP=_swarm_gevent.loop), the other names are those that code for
gevent.core expects of it. Hot watchers are types of `_swarm`; here are the rare ones.
"""

from __future__ import annotations

import os
import posix
import signal as signal_module
import traceback
from types import TracebackType
from typing import Any, Callable

import _swarm
from _swarm import EVENTS, async_, callback, check, fork, idle, io, prepare, signal, timer, watcher
from gevent._interfaces import ICallback, ILoop
from gevent.exceptions import HubDestroyed
from zope.interface import classImplements

__all__ = ["get_version", "get_header_version", "supported_backends", "recommended_backends",
           "embeddable_backends", "time", "loop"]

# As libev numbers them.
UNDEF, NONE, READ, WRITE = -1, 0x00, 0x01, 0x02
TIMER, PERIODIC, SIGNAL, CHILD = 0x100, 0x200, 0x400, 0x800
STAT, IDLE, PREPARE, CHECK = 0x1000, 0x2000, 0x4000, 0x8000
EMBED, FORK, CLEANUP, ASYNC = 0x10000, 0x20000, 0x40000, 0x80000
CUSTOM, ERROR = 0x1000000, 0x80000000
READWRITE = READ | WRITE
MINPRI, MAXPRI = -2, 2
BACKEND_EPOLL = 4

_NAMES = {READ: "READ", WRITE: "WRITE", 0x80: "_IOFDSET", TIMER: "TIMER", SIGNAL: "SIGNAL",
          CHILD: "CHILD", STAT: "STAT", IDLE: "IDLE", PREPARE: "PREPARE", CHECK: "CHECK",
          FORK: "FORK", ASYNC: "ASYNC", CUSTOM: "CUSTOM", ERROR: "ERROR"}


def _events_to_str(events: int) -> str:
    words = [name for bit, name in _NAMES.items() if events & bit]
    rest = events & ~sum(_NAMES)
    return "|".join(words + [hex(rest)] * bool(rest))


def get_version() -> str:
    return "swarm"


get_header_version = get_version


def supported_backends() -> list[str]:
    return ["epoll"]


recommended_backends = embeddable_backends = supported_backends


def time() -> float:
    import time as clock

    return clock.time()


class child(watcher):
    """Tells of the end of a child process, and with `trace` of its stops."""

    def __init__(self, loop: loop, pid: int, trace: int = 0, ref: bool = True) -> None:
        if not loop.default:
            raise TypeError("child watchers are only available on the default loop")
        loop.install_sigchld()
        self.pid, self.rpid, self.rstatus = pid, 0, 0
        self._options = posix.WNOHANG | (posix.WUNTRACED | posix.WCONTINUED if trace else 0)

    def __new__(cls, loop: loop, pid: int, trace: int = 0, ref: bool = True) -> child:
        return super().__new__(cls, loop, ref)

    def start(self, callback: Callable[..., Any], *args: Any) -> None:
        super().start(callback, *args)
        self.loop._children[self] = None
        # It may be over already, and its signal with it.
        self.loop.run_callback(self._look)

    def stop(self) -> None:
        self.loop._children.pop(self, None)
        super().stop()

    def _look(self) -> None:
        if not self.active:
            return
        try:
            pid, status = posix.waitpid(self.pid or -1, self._options)
        except ChildProcessError:
            return  # somebody else has waited for it
        if pid:
            for each in list(self.loop._children):
                if each.pid in (0, pid):
                    each._ended(pid, status)

    def _ended(self, pid: int, status: int) -> None:
        self.rpid, self.rstatus = pid, status
        self.feed(CHILD, self.callback, *self.args)

    def _format(self) -> str:
        return f" pid={self.pid} rstatus={self.rstatus}"


class stat(watcher):
    """Tells of changes of a path, by looking at it again and again."""

    INTERVAL = 5.0
    LEAST_INTERVAL = 0.1

    def __init__(self, loop: loop, path: str | bytes, interval: float = 0.0, ref: bool = True,
                 priority: int | None = None) -> None:
        self.path, self._paths, self.interval = path, os.fsencode(path), interval
        self.attr = self.prev = self._look()
        self._timer: timer | None = None

    def __new__(cls, loop: loop, path: str | bytes, interval: float = 0.0, ref: bool = True,
                priority: int | None = None) -> stat:
        return super().__new__(cls, loop, ref, priority)

    def start(self, callback: Callable[..., Any], *args: Any) -> None:
        super().start(callback, *args)
        if self._timer is not None:
            return
        self.interval = max(self.interval or self.INTERVAL, self.LEAST_INTERVAL)
        self.attr = self.prev = self._look()
        self._timer = self.loop.timer(self.interval, self.interval, ref=False)
        self._timer.start(self._compare)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        super().stop()

    def _look(self) -> os.stat_result | None:
        try:
            return posix.stat(self._paths)
        except OSError:
            return None

    def _compare(self) -> None:
        now = self._look()
        if self._essence(now) != self._essence(self.attr):
            self.prev, self.attr = self.attr, now
            self.feed(STAT, self.callback, *self.args)

    @staticmethod
    def _essence(result: os.stat_result | None) -> tuple[int, ...] | None:
        # All but the time of the last access, which our own looking may change.
        if result is None:
            return None
        return (*result[:7], result.st_mtime_ns, result.st_ctime_ns)


class loop(_swarm.GeventLoop):
    """gevent's loop: its hot part is C++, below the hub's Python."""

    approx_timer_resolution = 0.00001
    MINPRI, MAXPRI = MINPRI, MAXPRI
    WatcherType = watcher
    backend, backend_int = "epoll", BACKEND_EPOLL

    def __init__(self, flags: Any = None, default: bool | None = None) -> None:
        self._children: dict[child, None] = {}
        self._sigchld: signal | None = None

    def prepare(self, ref: bool = True, priority: int | None = None) -> prepare:
        return prepare(self, ref, priority)

    def check(self, ref: bool = True, priority: int | None = None) -> check:
        return check(self, ref, priority)

    def idle(self, ref: bool = True, priority: int | None = None) -> idle:
        return idle(self, ref, priority)

    def fork(self, ref: bool = True, priority: int | None = None) -> fork:
        return fork(self, ref, priority)

    def signal(self, signum: int, ref: bool = True, priority: int | None = None) -> signal:
        return signal(self, signum, ref, priority)

    def child(self, pid: int, trace: int = 0, ref: bool = True) -> child:
        return child(self, pid, trace, ref)

    def stat(self, path: str, interval: float = 0.0, ref: bool = True,
             priority: int | None = None) -> stat:
        return stat(self, path, interval, ref, priority)

    def install_sigchld(self) -> None:
        if self.default and self._sigchld is None:
            self._sigchld = signal(self, signal_module.SIGCHLD, False, MAXPRI)
            self._sigchld.start(self._look_after_children)

    def reset_sigchld(self) -> None:
        """Somebody else has taken the signal; the next child watcher takes it again."""
        if self._sigchld is not None:
            self._sigchld.stop()
            self._sigchld = None

    def _look_after_children(self) -> None:
        for each in list(self._children):
            each._look()

    def reinit(self) -> None:
        """Nothing is left to be done: `_swarm` has seen to it in the child."""

    def handle_error(self, context: Any, type: type[BaseException], value: BaseException | None,
                     tb: TracebackType | None) -> None:
        try:
            if type is HubDestroyed:
                raise HubDestroyed(value)
            handler = self.error_handler
            if handler is None:
                self._default_handle_error(context, type, value, tb)
            else:
                getattr(handler, "handle_error", handler)(context, type, value, tb)
        except HubDestroyed:
            self._clear_callbacks()
            self.break_()

    def _default_handle_error(self, context: Any, type: type[BaseException],
                              value: BaseException | None, tb: TracebackType | None) -> None:
        traceback.print_exception(type, value, tb)
        self.break_()

    def verify(self) -> None:
        pass

    def fileno(self) -> int | None:
        return None

    def _format(self) -> str:
        if not self.ptr:
            return "destroyed"
        return (f"{self.backend}{' default' * self.default} pending={self.pendingcnt} "
                f"ref={self.activecnt} callbacks={self._callback_count}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x} {self._format()}>"


classImplements(loop, ILoop)
classImplements(callback, ICallback)


def install() -> None:
    """From now on gevent's hubs run on swarm's loop, that of this thread among them.

    A hub that exists already is replaced if nothing is going on in it; else RuntimeError.
    """
    import gevent
    from gevent import _hub_local

    gevent.config.loop = loop
    hub = _hub_local.get_hub_if_exists()
    if hub is None:
        left_over = _hub_local.get_loop()
        if left_over is not None and not isinstance(left_over, loop):
            _hub_local.set_loop(None)
    elif not isinstance(hub.loop, loop):
        hub.loop.update_now()
        # It ends at once if there is nothing that it waits for.
        if gevent.getcurrent() is not hub.parent or not hub.join(timeout=0.1):
            raise RuntimeError("gevent is at work already, on a loop that is not swarm's: "
                               "import locust before anything that uses gevent")
        hub.destroy(destroy_loop=True)


