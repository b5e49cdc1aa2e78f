"""Locust's Python interface on swarm's engine."""

from __future__ import annotations

import sys

from . import _missing, _patching

_patching.patch()
_missing.install()

from .debug import run_single_user  # noqa: E402  (after patching)
from .event import Events  # noqa: E402
from .shape import LoadTestShape  # noqa: E402
from .user import wait_time  # noqa: E402
from .user.sequential_taskset import SequentialTaskSet  # noqa: E402
from .user.task import TaskSet, tag, task  # noqa: E402
from .user.users import FastHttpUser, HttpLocust, HttpUser, Locust, User  # noqa: E402
from .user.wait_time import (  # noqa: E402
    between, constant, constant_pacing, constant_throughput, poisson)

__version__ = "2.46.3+swarm"

__all__ = (
    "FastHttpUser", "HttpLocust", "HttpUser", "LoadTestShape", "Locust", "SequentialTaskSet",
    "TaskSet", "User", "__version__", "between", "constant", "constant_pacing",
    "constant_throughput", "events", "poisson", "run_single_user", "tag", "task", "wait_time")

events = Events()
events.request.listen_to_engine()

# Modules of earlier versions: `import locust.events`, `from locust.wait_time import between`.
sys.modules[f"{__name__}.events"] = events  # type: ignore[assignment]
sys.modules[f"{__name__}.wait_time"] = wait_time

__getattr__ = _missing.attributes_of(__name__)
