"""What the engine calls: the scenario of this process.

None of these functions blocks, but those that fire `init` and `quitting`: they are called from the
main greenlet, where listeners may wait.
"""

from __future__ import annotations

import argparse
import inspect
import json
import logging
import os
import time
from typing import Any, Callable

import gevent

import locust

from . import _holder as _holder  # the engine asks it
from . import _loading, log
from ._apart import fire_apart
from ._hooks import RunComplete
from ._others import Others
from .argument_parser import LocustArgumentParser
from .argument_parser import custom_parser as custom_parser
from .env import Environment
from .runners import LocalRunner, MasterRunner, Runner, WorkerRunner
from .shape import LoadTestShape
from .user import User
from .user._declared import task_name
from .web import WebUI

logger = logging.getLogger("locust.runners")

environment: Environment | None = None

# Options with which there is no run.
LISTS = ("list_commands", "show_task_ratio", "show_task_ratio_json")

# (name, weight, children); a task has no children.
TaskNode = tuple[str, float, list[Any]]
Done = Callable[[], Any]


def load(paths: list[str]) -> Scenario:
    """Imports the files. Errors: whatever they raise; see describe_load_error()."""
    classes, shapes = _loading.collect(paths)
    return Scenario(paths, classes, shapes)


def describe_load_error(error: BaseException) -> str:
    """What Python itself would print, without frames of ours; ends with a newline."""
    return _loading.describe(error)


def unhandled() -> bool:
    """Something failed that is no task's exception: exit with 2, or with 1 right after configure()."""
    return log.unhandled_greenlet_exception


class Scenario:
    def __init__(self, paths: list[str], classes: dict[str, type[User]],
                 shapes: list[LoadTestShape]) -> None:
        self._paths = paths
        self._classes = dict(sorted(classes.items()))
        self._shapes = shapes
        self._tick = Tick(shapes[0]) if shapes else None
        self._environment: Environment  # from configure() on, as the runner
        self._runner: Runner
        self.others: Others

    def user_classes(self) -> list[tuple[str, float, int, str, list[TaskNode]]]:
        """Name, weight, fixed count, host and tasks of each class that may be spawned, by name."""
        return [(name, float(c.weight), int(c.fixed_count), c.host or "", nodes(tasks_of(c)))
                for name, c in self._classes.items()]

    def user_classes_by_name(self) -> dict[str, type[User]]:
        return self._classes

    def add_arguments(self, parser: LocustArgumentParser) -> None:
        locust.events.init_command_line_parser.fire(parser=parser)

    def configure(self, program_options: dict[str, Any], chosen_classes: list[str],
                  own_options: dict[str, Any] | None = None) -> None:
        """Makes the environment and fires `init`, unless there will be no run; no chosen classes: all.
        After it, user_classes() has only those that are chosen."""
        global environment
        own = own_options or {}
        options = {**program_options, **own}
        if not options.get("skip_log_setup"):
            log.to_program(options.get("loglevel") or "INFO")
        available = self._classes
        if chosen_classes:
            self._classes = {name: available[name] for name in sorted(chosen_classes)}
        self._environment = environment = Environment(
            user_classes=list(self._classes.values()),
            shape_class=self._shapes[0] if self._shapes else None,
            events=locust.events,
            locustfile=",".join(os.path.basename(path) for path in self._paths),
            host=options.get("host"),
            reset_stats=bool(options.get("reset_stats")),
            parsed_options=argparse.Namespace(**options),
            parsed_locustfiles=list(self._paths),
            available_user_classes=available,
            available_shape_classes={type(shape).__name__: shape for shape in self._shapes},
            available_user_tasks={name: list(c.tasks) for name, c in available.items()},
            profile=options.get("profile"))
        self._classes = {c.__name__: c for c in environment.user_classes}
        for settings in user_settings(options.get("config_users")):
            environment.update_user_class(settings)
        if options.get("equal_weights"):
            environment.assign_equal_weights()
        if not options.get("worker"):
            environment.filter_tasks()  # a worker's tags are its master's
        for user_class in environment.user_classes:
            user_class._session_class()  # importing it in the run would hold up the first requests
        self._runner = environment.set_runner(runner_class(options))
        self.others = Others(environment, self._runner, self._paths,
                             program_options.keys() - own.keys())
        if options.get("headless") is False and not options.get("worker"):
            environment.web_ui = WebUI(environment)
        self._runner.spawn_monitor()
        quiet_about(RunComplete)
        if any(options.get(name) for name in LISTS):
            return
        environment.events.init.fire(
            environment=environment, runner=self._runner, web_ui=environment.web_ui)

    # The life of users.

    def use_host(self, host: str) -> None:
        """Of the run that begins; empty: each class has its own."""
        if host:
            self._environment.host = host
            for user_class in self._classes.values():
                user_class.host = host

    def spawn(self, user_id: int, class_name: str) -> None:
        self._runner.user_greenlets.spawn_user(user_id, self._classes[class_name])

    def stop(self, user_id: int, now: bool) -> None:
        self._runner.user_greenlets.stop_user(user_id, now)

    # The life of a run. What has `done` calls it once all listeners have returned.

    def test_start(self, done: Done) -> None:
        self._environment.filter_tasks()
        if self._tick is not None:
            self._tick.restart()
        fire_apart("test_start", done, environment=self._environment)

    def test_stopping(self, done: Done) -> None:
        fire_apart("test_stopping", done, environment=self._environment)

    def test_stop(self, done: Done) -> None:
        self._runner.final_user_classes_count = self._runner.user_classes_count
        fire_apart("test_stop", done, environment=self._environment)

    def spawning_complete(self, user_count: int) -> None:
        fire_apart("spawning_complete", user_count=user_count)

    def reset_stats(self) -> None:
        fire_apart("reset_stats")

    def quitting(self) -> int | None:
        """What the process must exit with, whatever happened; None: nobody says."""
        locust.events.quitting.fire(reverse=True, environment=self._environment)
        return self._environment.process_exit_code

    def quit(self, exit_code: int) -> None:
        locust.events.quit.fire(exit_code=exit_code)

    # Between runs.

    def parsed_options(self) -> dict[str, Any]:
        """By dest; those of the scenario may be changed there."""
        return vars(self._environment.parsed_options)

    def choose(self, profile: str, shape: str) -> None:
        """For the runs from the next one on; no shape: an empty name."""
        self._environment.profile = profile or None
        self.parsed_options()["profile"] = profile or None
        chosen = self._environment.available_shape_classes.get(shape)
        if chosen is self._environment.shape_class:
            return
        self._environment.shape_class = chosen
        self._tick = None if chosen is None else Tick(chosen)
        if chosen is not None:
            chosen.runner = self._runner

    # Load shapes.

    def shapes(self) -> list[str]:
        """The first one is in use until another is chosen."""
        return [type(shape).__name__ for shape in self._shapes]

    def shape_began(self, seconds_ago: float) -> None:
        """The run is older than this process."""
        assert self._tick is not None
        self._tick.began(seconds_ago)

    def shape_tick(self) -> tuple[int, float, list[str] | None] | None:
        """Users, spawn rate and classes (None: all) from now on. None: the run is over."""
        assert self._tick is not None
        return self._tick.ask()


def quiet_about(kind: type[Exception]) -> None:
    """No traceback for greenlets that a scenario started and that end with this."""
    hub = gevent.get_hub()
    if kind not in hub.NOT_ERROR:
        hub.NOT_ERROR = (*hub.NOT_ERROR, kind)


class Tick:
    """Asks a shape what it wants. A shape that raises is not asked again."""

    def __init__(self, shape: LoadTestShape) -> None:
        self._shape = shape
        self._last: tuple[int, float, list[str] | None] | None = None
        self._broken = False

    def began(self, seconds_ago: float) -> None:
        self._shape.start_time = time.perf_counter() - seconds_ago

    def restart(self) -> None:
        self._shape.reset_time()
        self._broken = False

    def ask(self) -> tuple[int, float, list[str] | None] | None:
        if self._broken:
            return self._last
        try:
            self._last = wanted(self._shape.tick())
        except Exception:
            logger.critical("%s.tick() failed, the number of users stays as it is:",
                            type(self._shape).__name__, exc_info=True)
            log.unhandled_greenlet_exception = True
            self._broken = True
        return self._last


def wanted(tick: Any) -> tuple[int, float, list[str] | None] | None:
    if tick is None:
        return None
    users, rate, *rest = tick
    classes = rest[0] if rest else None
    return int(users), float(rate), None if classes is None else [c.__name__ for c in classes]


def runner_class(options: dict[str, Any]) -> type[Runner]:
    if options.get("master"):
        return MasterRunner
    return WorkerRunner if options.get("worker") else LocalRunner


def tasks_of(user_class: type[User]) -> list[Any]:
    """Those of its task_set, if it has one in the manner of Locust before 1.0."""
    if user_class._of_task_set and hasattr(user_class.task_set, "tasks"):
        return user_class.task_set.tasks
    return user_class.tasks


def nodes(tasks: list[Any], within: tuple[Any, ...] = ()) -> list[TaskNode]:
    """Each task once, with the number of its occurrences; a task set in itself has no children."""
    weights: dict[Any, int] = {}
    for task in tasks:
        weights[task] = weights.get(task, 0) + 1
    return [(task_name(task), float(weight),
             nodes(task.tasks, (*within, task)) if has_tasks(task) and task not in within else [])
            for task, weight in weights.items()]


def has_tasks(task: Any) -> bool:
    return inspect.isclass(task) and hasattr(task, "tasks")


def user_settings(config_users: list[str] | None) -> list[dict[str, Any]]:
    """Those of --config-users: JSON, or the names of files with it."""
    settings: list[dict[str, Any]] = []
    for text in config_users or ():
        if text.endswith(".json"):
            with open(text) as file:
                text = file.read()
        given = json.loads(text)
        settings += given if isinstance(given, list) else [given]
    return settings
