"""What passes between this process and the others of a run. The engine calls it, in the hub."""

from __future__ import annotations

import logging
import os
import sys
import sysconfig
from typing import Any, Iterable, Iterator

import locust

from . import runners, stats
from ._apart import fire_apart, fire_now
from ._loading import OWN_FOLDER
from .env import Environment
from .rpc import Message
from .runners import MasterRunner, Runner, WorkerRunner

logger = logging.getLogger("locust.runners")

# Of the program's own options, those that a master's workers take over.
SHARED = ("expect_workers", "tags", "exclude_tags")
SECONDS = 3.0  # WORKER_REPORT_INTERVAL, unless somebody changes it
TABLE_SECONDS = stats.CONSOLE_STATS_INTERVAL_SEC
PERCENTILES = list(stats.PERCENTILES_TO_REPORT)


class Others:
    def __init__(self, environment: Environment, runner: Runner, paths: list[str],
                 program_options: Iterable[str]) -> None:
        self._environment = environment
        self._runner = runner
        self._paths = paths
        self._of_program = frozenset(program_options)

    def receive(self, message_type: str, data: Any, worker: str) -> None:
        self._runner.receive(Message(message_type, data, worker))

    # Options.

    def own_options(self) -> dict[str, Any]:
        """Those that workers take over."""
        options = vars(self._environment.parsed_options)
        return {**{name: value for name, value in options.items() if self._travels(name)},
                "stop_timeout": self._environment.stop_timeout}

    def take_options(self, options: dict[str, Any] | None) -> None:
        """All options of a master, swarm's or Locust's."""
        options = options or {}
        mine = self._environment.parsed_options
        vars(mine).update({k: v for k, v in options.items() if self._travels(k)})
        seconds = options.get("stop_timeout")
        if isinstance(seconds, (int, float)):
            self._environment.stop_timeout = float(seconds)

    def _travels(self, name: str) -> bool:
        return name in SHARED or name not in self._of_program

    # Workers.

    def joined(self, index: int) -> None:
        if isinstance(self._runner, WorkerRunner):
            self._runner.worker_index = index
            self._runner.connected = True

    def worker_connected(self, worker: str) -> None:
        fire_apart("worker_connect", client_id=worker)

    # Reports.

    def watches_reports(self) -> bool:
        events = locust.events
        if isinstance(self._runner, MasterRunner):
            return bool(events.worker_report._handlers or events.slave_report._handlers)
        return isinstance(self._runner, WorkerRunner) and bool(events.report_to_master._handlers)

    def report_to_master(self, worker: str, data: dict[str, Any]) -> None:
        """Listeners may change the dict."""
        if not fire_now("report_to_master", client_id=worker, data=data):
            logger.warning("A listener of report_to_master waits for something: what it adds to the "
                           "report after that comes too late")

    def worker_report(self, worker: str, data: dict[str, Any]) -> None:
        fire_apart("worker_report", client_id=worker, data=data)

    def report_interval(self) -> float | None:
        seconds = runners.WORKER_REPORT_INTERVAL
        return None if seconds == SECONDS else float(seconds)

    # How a master shows the run.

    def percentiles(self) -> list[float]:
        wanted = list(stats.PERCENTILES_TO_REPORT)
        if wanted == PERCENTILES:
            return []  # as the program likes it
        return [float(share) for share in wanted]

    def table_interval(self) -> float | None:
        seconds = stats.CONSOLE_STATS_INTERVAL_SEC
        return None if seconds == TABLE_SECONDS else float(seconds)

    # Files.

    def files(self) -> list[str]:
        """The scenario's own, then the modules that it has imported and brought along."""
        own = [os.path.abspath(path) for path in self._paths]
        brought = set(modules_below({os.path.dirname(path) for path in own} | {os.getcwd()}))
        return [*own, *sorted(brought - set(own))]


def modules_below(folders: set[str]) -> Iterator[str]:
    """Files of modules that were imported from there, with what makes packages of their folders;
    without what belongs to Python, to an installed distribution or to swarm."""
    beginnings = tuple(os.path.join(folder, "") for folder in folders)
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str):
            continue
        path = os.path.abspath(path)
        if path.startswith(beginnings) and os.path.isfile(path) and not is_installed(path):
            yield path
            yield from package_files(os.path.dirname(path))


def is_installed(path: str) -> bool:
    parts = path.split(os.sep)
    return ("site-packages" in parts or "dist-packages" in parts or
            path.startswith(PYTHON) or os.path.realpath(path).startswith(SWARM))


def package_files(folder: str) -> Iterator[str]:
    while os.path.isfile(path := os.path.join(folder, "__init__.py")):
        yield path
        folder = os.path.dirname(folder)


BINARY = getattr(sys.modules["_swarm"], "__file__", None) or OWN_FOLDER
PYTHON = tuple(os.path.join(sysconfig.get_path(name), "") for name in ("stdlib", "platstdlib"))
SWARM = tuple({os.path.join(os.path.dirname(os.path.realpath(path)), "")
               for path in (OWN_FOLDER, BINARY)})
