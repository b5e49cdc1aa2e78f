"""How long a user waits on average: the program tells from it how long a run will take."""

from __future__ import annotations

from typing import Any

from ._old_waits import UNSAID_MS, between_milliseconds
from .task import TaskSet


def mean_wait(user_class: Any) -> float | None:
    """Seconds; None if it cannot be known before the run."""
    if any(waits_by_itself(task) for task in user_class.tasks):
        return None
    if user_class.wait_time is not between_milliseconds:
        return getattr(user_class.wait_time, "mean_s", None)
    low, high = user_class.min_wait, user_class.max_wait
    return ((UNSAID_MS if low is None else low) + (UNSAID_MS if high is None else high)) / 2000


def waits_by_itself(task: Any) -> bool:
    return isinstance(task, type) and issubclass(task, TaskSet) and (
        task._own_wait or task.wait_time is not TaskSet.wait_time)
