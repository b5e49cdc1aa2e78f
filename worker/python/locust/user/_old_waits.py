"""min_wait, max_wait (ms) and wait_function (returns ms): how Locust before 0.13 said `wait_time`.

The most derived class that says anything decides; within one class, wait_time precedes
wait_function, and that precedes min_wait and max_wait. A task set's own values precede its user's,
unless the user has an explicit wait_time.
"""

from __future__ import annotations

from random import randint
from typing import Any

UNSAID_MS = 1000  # the one of min_wait and max_wait that is not given


def between_milliseconds(self: Any) -> float:
    low = UNSAID_MS if self.min_wait is None else self.min_wait
    high = UNSAID_MS if self.max_wait is None else self.max_wait
    return (low if low == high else randint(int(low), int(high))) / 1000


def by_function(self: Any) -> float:
    return self.wait_function() / 1000


def settle(user_class: type) -> None:
    """Gives the user class the wait_time that its attributes mean."""
    for base in user_class.__mro__:
        said = vars(base)
        if "wait_time" in said:
            user_class._explicit_wait = said.get("_explicit_wait", True)  # type: ignore[attr-defined]
            return
        if said.get("wait_function") is not None:
            wait_time = by_function
        elif said.get("min_wait") is not None or said.get("max_wait") is not None:
            wait_time = between_milliseconds
        else:
            continue
        user_class.wait_time = wait_time  # type: ignore[attr-defined]
        user_class._explicit_wait = False  # type: ignore[attr-defined]
        return


class OfUser:
    """An attribute of a task set that is its user's until it gets one of its own."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, task_set: Any, owner: type) -> Any:
        if task_set is None:
            return None
        own = task_set.__dict__.get(self._name)
        return getattr(task_set.user, self._name) if own is None else own

    def __set__(self, task_set: Any, value: Any) -> None:
        task_set.__dict__[self._name] = value
        task_set._own_wait = True


def has_own(task_set_class: type) -> bool:
    names = ("wait_function", "min_wait", "max_wait")
    return any(getattr(task_set_class, name, None) is not None for name in names)


def own_wait_time(task_set: Any) -> float:
    """What the attributes of the task set itself say. REQUIRES: there is one."""
    if task_set.__dict__.get("wait_function") or type(task_set).wait_function:
        return by_function(task_set)
    return between_milliseconds(task_set)
