"""How long a user waits between two tasks, in seconds. Each of these makes a method `wait_time`."""

from __future__ import annotations

from random import expovariate, random
from time import time
from typing import Any, Callable

WaitTime = Callable[[Any], float]


def with_mean(wait_time: WaitTime, mean_s: float) -> WaitTime:
    """Lets the program tell how long a run will take."""
    wait_time.mean_s = mean_s  # type: ignore[attr-defined]
    return wait_time


def between(min_wait: float, max_wait: float) -> WaitTime:
    """Random between the two."""
    width = max_wait - min_wait

    def wait_time(self: Any) -> float:
        return min_wait + random() * width

    return with_mean(wait_time, min_wait + width / 2)


def constant(wait_time: float) -> WaitTime:
    """Always the same."""

    def constant_wait(self: Any) -> float:
        return wait_time

    return with_mean(constant_wait, wait_time)


def constant_pacing(wait_time: float) -> WaitTime:
    """What is left of `wait_time` after the task; nothing if that took longer."""

    def pacing(self: Any) -> float:
        took = time() - self._cp_last_run - self._cp_last_wait_time
        self._cp_last_wait_time = wait = max(0, wait_time - took)
        self._cp_last_run = time()
        return wait

    return with_mean(pacing, wait_time)


def constant_throughput(task_runs_per_second: float) -> WaitTime:
    """As constant_pacing, told by the number of tasks in a second."""
    return constant_pacing(1 / task_runs_per_second)


def poisson(rate: float) -> WaitTime:
    """Random, so that tasks come as people do: independently of each other, `rate` of them a second
    on average, if they take no time."""
    if rate <= 0:
        raise ValueError(f"poisson() needs a rate above 0, not {rate}")

    def exponential_wait(self: Any) -> float:
        return expovariate(rate)

    return with_mean(exponential_wait, 1 / rate)
