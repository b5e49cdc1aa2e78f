"""What Locust has and swarm does not have yet. Whoever needs it gets one clear error that names it."""

from __future__ import annotations

import importlib.abc
import sys
from typing import Any, Callable, NoReturn

MODULES = frozenset(
    ["locust." + name for name in (
        "dispatch", "html", "input_events", "opentelemetry", "pytestplugin",
        "rpc.protocol", "rpc.zmqrpc", "user.inspectuser", "user.markov_taskset")]
    + ["locust.contrib." + name for name in (
        "csv_request_logger", "dns", "milvus", "mongodb", "mqtt", "oai", "postgres", "qdrant",
        "socketio")])

NAMES = {
    "locust": ("MarkovTaskSet", "TaskSequence", "seq_task", "transition", "transitions"),
    "locust.stats": (
        "StatsCSV", "StatsCSVFileWriter", "get_error_report_summary",
        "get_percentile_stats_summary", "get_stats_summary", "print_error_report",
        "print_percentile_stats", "print_stats", "print_stats_json", "save_stats_json",
        "stats_history", "stats_printer"),
    "locust.user.users": ("PytestUser",),
}


def error(name: str) -> ImportError:
    return ImportError(f"swarm does not have {name} yet", name=name)


def attributes_of(module: str) -> Callable[[str], NoReturn]:
    """A `__getattr__` for the module."""

    def find(name: str) -> NoReturn:
        if name in NAMES[module]:
            raise error(name)
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return find


class Finder(importlib.abc.MetaPathFinder):
    """The last one that is asked for a module: all others did not find it."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> None:
        if fullname in MODULES:
            raise error(fullname)


def install() -> None:
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder())
