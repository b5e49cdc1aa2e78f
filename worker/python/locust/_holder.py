"""Names whoever held the loop, so that all others waited: user class and task."""

from __future__ import annotations

from types import FrameType
from typing import Any

import gevent

from .user import User
from .user._declared import task_name
from .user.task import QUEUED, DefaultTaskSet, TaskSet

TURNS = {TaskSet._quick_turns.__code__, TaskSet._turns.__code__}
LIFE = User.run.__code__


def name(greenlet: Any) -> str | None:
    """Of the greenlet, or of a callback (None). No name: the main greenlet, which is the program's."""
    if greenlet is None:
        return "A callback of the event loop"
    if not isinstance(greenlet, gevent.Greenlet):
        return None if greenlet.parent is None else "A greenlet"
    user_class = class_of(greenlet)
    if user_class is not None:
        return ".".join([user_class.__name__, *place(present_frame(greenlet))])
    function = vars(greenlet).get("_run")  # until it is over
    return getattr(greenlet, "holds_as", None) or getattr(function, "__qualname__", "A greenlet")


def class_of(greenlet: Any) -> type | None:
    args = getattr(greenlet, "args", ())
    if args and isinstance(args[0], User):
        return type(args[0])
    return getattr(greenlet, "user_class", None)  # its user is made, or gone


def present_frame(greenlet: Any) -> FrameType | None:
    if greenlet is gevent.getcurrent():
        import sys

        return sys._getframe(2)
    return greenlet.gr_frame


def place(frame: FrameType | None) -> list[str]:
    """The task, after the task sets that it is in; or on_start, on_stop. Nothing: it is over."""
    inner = None
    while frame is not None:
        if frame.f_code in TURNS:
            return in_task_set(frame.f_locals["self"], frame.f_locals.get("task", QUEUED))
        if frame.f_code is LIFE and (inner is None or inner.co_name in ("on_start", "on_stop")):
            return [inner.co_name if inner is not None else "on_start"]  # which has just returned
        inner, frame = frame.f_code, frame.f_back
    return []


def in_task_set(task_set: TaskSet, task: Any) -> list[str]:
    names = []
    if task is QUEUED:
        task = getattr(task_set, "_executed", None)
    if task is not None:
        names.append(task_name(task))
    each: Any = task_set
    while isinstance(each, TaskSet) and not isinstance(each, DefaultTaskSet):
        names.insert(0, type(each).__name__)
        each = each.parent
    return names
