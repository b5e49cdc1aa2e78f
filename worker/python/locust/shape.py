"""How many users there are, as a function of time."""

from __future__ import annotations

import time
from abc import ABCMeta, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from .runners import Runner
    from .user import User


class LoadTestShapeMeta(ABCMeta):
    def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> Any:
        members["abstract"] = members.get("abstract", False)
        return super().__new__(mcs, name, bases, members)


class LoadTestShape(metaclass=LoadTestShapeMeta):
    """Asked once a second how many users there should be."""

    abstract: ClassVar[bool] = True
    """Not to be used itself, but to be derived from."""
    use_common_options: ClassVar[bool] = False
    """--users, --spawn-rate and --run-time mean something to this shape."""

    runner: Runner | None = None

    def __init__(self) -> None:
        self.reset_time()

    def reset_time(self) -> None:
        self.start_time = time.perf_counter()

    def get_run_time(self) -> float:
        """Seconds since the run started."""
        return time.perf_counter() - self.start_time

    def get_current_user_count(self) -> int:
        """Users that are alive."""
        assert self.runner is not None
        return self.runner.user_count

    @abstractmethod
    def tick(self) -> tuple[int, float] | tuple[int, float, list[type[User]] | None] | None:
        """Users and spawn rate from now on, perhaps with the classes to take them from; None ends
        the run."""
