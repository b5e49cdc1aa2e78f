"""What a run consists of, as a scenario sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, NoReturn

from .event import Events
from .exception import RunnerAlreadyExistsError
from .runners import Runner
from .shape import LoadTestShape
from .stats import RequestStats
from .user import User
from .user._declared import filter_tasks_by_tags
from .user.sequential_taskset import SequentialTaskSet

if TYPE_CHECKING:
    from argparse import Namespace

    from .web import WebUI


class Environment:
    """User classes, options, hooks and statistics that belong together."""

    def __init__(
            self, *,
            user_classes: list[type[User]] | None = None,
            shape_class: LoadTestShape | None = None,
            tags: list[str] | None = None,
            locustfile: str | None = None,
            exclude_tags: list[str] | None = None,
            events: Events | None = None,
            host: str | None = None,
            reset_stats: bool = False,
            stop_timeout: float | None = None,
            catch_exceptions: bool = True,
            parsed_options: Namespace | None = None,
            parsed_locustfiles: list[str] | None = None,
            available_user_classes: dict[str, type[User]] | None = None,
            available_shape_classes: dict[str, LoadTestShape] | None = None,
            available_user_tasks: dict[str, list[Any]] | None = None,
            dispatcher_class: Any = None,
            profile: str | None = None) -> None:
        self.runner: Runner | None = None
        self.web_ui: WebUI | None = None
        self.process_exit_code: int | None = None
        """If set, what the process exits with, whatever happened."""
        self.events = events if events is not None else Events()
        self.user_classes = list(user_classes or [])
        self.shape_class = shape_class
        """The instance of a LoadTestShape, if there is one."""
        self.tags = tags
        self.exclude_tags = exclude_tags
        self.locustfile = locustfile
        self.stats = RequestStats()
        self.host = host
        """Base URL that precedes those of the user classes."""
        self.reset_stats = reset_stats
        if stop_timeout is None:
            stop_timeout = float(getattr(parsed_options, "stop_timeout", None) or 0)
        self.stop_timeout = stop_timeout
        """Seconds that users may take to finish their task when they are stopped."""
        self.catch_exceptions = catch_exceptions
        """False: an exception in a task ends its user."""
        self.parsed_options = parsed_options
        self.parsed_locustfiles = parsed_locustfiles
        self.available_user_classes = available_user_classes
        self.available_shape_classes = available_shape_classes
        self.available_user_tasks = available_user_tasks
        self.dispatcher_class = dispatcher_class
        self.profile = profile
        self.worker_logs: dict[str, list[str]] = {}
        self._tasks_filtered = False

        self._drop_classes_without_weight()
        if len(self.user_classes_by_name) != len(self.user_classes):
            names = ", ".join(user_class.fullname() for user_class in self.user_classes)
            raise ValueError(f"User classes of the same name: {names}")
        if shape_class is not None and not isinstance(shape_class, LoadTestShape):
            raise ValueError(f"shape_class is no instance of a LoadTestShape: {shape_class}")

    @property
    def user_classes_by_name(self) -> dict[str, type[User]]:
        return {user_class.__name__: user_class for user_class in self.user_classes}

    def set_runner(self, runner_class: Callable[[Environment], Runner]) -> Runner:
        if self.runner is not None:
            raise RunnerAlreadyExistsError(f"This environment has a runner: {self.runner}")
        self.runner = runner_class(self)
        if self.shape_class is not None:
            self.shape_class.runner = self.runner
        return self.runner

    def create_local_runner(self) -> NoReturn:
        raise not_as_a_library("create_local_runner")

    def create_master_runner(
            self, master_bind_host: str = "*", master_bind_port: int = 5557) -> NoReturn:
        raise not_as_a_library("create_master_runner")

    def create_worker_runner(self, master_host: str, master_port: int) -> NoReturn:
        raise not_as_a_library("create_worker_runner")

    def create_web_ui(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise not_as_a_library("create_web_ui")

    def update_user_class(self, user_settings: dict[str, Any]) -> None:
        """{"user_class_name": name, "tasks": [names], any other attribute: its value}"""
        name = user_settings["user_class_name"]
        user_class = (self.available_user_classes or self.user_classes_by_name)[name]
        available = (self.available_user_tasks or {}).get(name) or user_class.tasks
        for key, value in user_settings.items():
            if key == "tasks":
                user_class.tasks = [task for task in available if task.__name__ in value]
            elif key != "user_class_name":
                setattr(user_class, key, value)

    def assign_equal_weights(self) -> None:
        """All user classes, and all tasks of a class or task set, are as likely as the others."""
        seen: set[type] = set()
        for user_class in self.user_classes:
            user_class.weight = 1
            equalize(user_class, seen)

    def filter_tasks(self) -> None:
        """Applies the tags, once."""
        if self._tasks_filtered:
            return
        self._tasks_filtered = True
        tags, exclude_tags = self._tag_set("tags"), self._tag_set("exclude_tags")
        for user_class in self.user_classes:
            filter_tasks_by_tags(user_class, tags, exclude_tags)

    _filter_tasks_by_tags = filter_tasks

    def _tag_set(self, name: str) -> set[str] | None:
        own = getattr(self, name)
        chosen = own if own is not None else getattr(self.parsed_options, name, None) or None
        return None if chosen is None else set(chosen)

    def _drop_classes_without_weight(self) -> None:
        if not self.user_classes:
            return
        self.user_classes = [c for c in self.user_classes if c.weight > 0 or c.fixed_count > 0]
        if not self.user_classes:
            raise ValueError("There are no users with weight > 0.")


def equalize(holder: Any, seen: set[type]) -> None:
    if holder in seen:
        return
    seen.add(holder)
    if not issubclass(holder, SequentialTaskSet):
        holder.tasks = list(dict.fromkeys(holder.tasks))
    for task in holder.tasks:
        if hasattr(task, "tasks"):
            equalize(task, seen)


def not_as_a_library(what: str) -> NotImplementedError:
    return NotImplementedError(f"swarm does not have Environment.{what} yet: "
                               "run the file with `swarm -f FILE`")
