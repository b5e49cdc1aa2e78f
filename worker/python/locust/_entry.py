"""The program's way into Python: what `_swarm.main` calls, from the files to the end of the process.

Errors that the user made come back as texts; an exception that leaves a method here is a bug.
"""

from __future__ import annotations

import argparse
import json
from typing import Any, Callable

import gevent

from . import _own_options, _scenario
from ._others import Others
from .argument_parser import OptionError, help_of

# argparse's actions that count each occurrence, not only the last.
REPEATED = ("_AppendAction", "_AppendConstAction", "_CountAction", "_ExtendAction")
UNHANDLED = 2  # the exit code if something failed that is no task's
GROUPS = ("positional arguments", "optional arguments", "options")  # argparse's own


class Entry:
    def __init__(self) -> None:
        self._scenario: _scenario.Scenario
        self._parser = _scenario.custom_parser()
        self._custom: dict[str, Any] = {}

    def open(self, paths: list[str]) -> tuple[int, str] | None:
        """Imports the files. What comes back is the exit code and the last words."""
        try:
            self._scenario = _scenario.load(paths)
            self._scenario.add_arguments(self._parser)
        except SystemExit as leave:
            return exit_words(leave)
        except KeyboardInterrupt:
            return 130, ""
        except BaseException as error:
            return 1, _scenario.describe_load_error(error)
        return None

    def options(self) -> list[dict[str, Any]]:
        return [option(action, self._title(action)) for action in self._parser._actions
                if action.option_strings]

    def check(self, arguments: list[str]) -> str | None:
        """Judges the values of the scenario's own options."""
        try:
            self._custom = self._parser.values(arguments)
        except OptionError as error:
            return str(error)
        return None

    def configure(self, options: dict[str, Any], user_classes: list[str]) -> str | None:
        names = {name for name, *_ in self._scenario.user_classes()}
        unknown = [name for name in user_classes if name not in names]
        if unknown:
            return f"Unknown User(s): {', '.join(unknown)}"
        if not names:
            return "No User class found!"
        try:
            self._scenario.configure(options, user_classes, self._custom)
        except SystemExit as leave:
            code, text = exit_words(leave)
            return text.strip() or f"the scenario ended the program ({code})"
        except Exception as error:
            return _scenario.describe_load_error(error).rstrip()
        return "an init listener failed" if _scenario.unhandled() else None

    def user_classes(self) -> list[tuple[Any, ...]]:
        """Name, weight, fixed count, host, tasks, mean wait in s or None, whether it needs a host."""
        classes = self._scenario.user_classes_by_name()
        return [(*row, mean_wait(classes[row[0]]), needs_host(classes[row[0]]))
                for row in self._scenario.user_classes()]

    def others(self) -> Others:
        return self._scenario.others

    def own_options(self) -> list[_own_options.Shown]:
        """Those that may be changed between runs."""
        return _own_options.shown(self._parser, self._scenario.parsed_options())

    def choose(self, profile: str, shape: str, options: dict[str, list[str]]) -> str | None:
        """For the runs from the next one on; nothing changes if something cannot be."""
        present = self._scenario.parsed_options()
        try:
            present.update(_own_options.changed(self._parser, present, options))
        except OptionError as error:
            return str(error)
        self._scenario.choose(profile, shape)
        return None

    def use_host(self, host: str) -> None:
        self._scenario.use_host(host)

    def spawn(self, user_id: int, name: str) -> None:
        self._scenario.spawn(user_id, name)

    def stop(self, user_id: int, now: bool) -> None:
        self._scenario.stop(user_id, now)

    def test_start(self, done: Callable[[], None]) -> None:
        self._scenario.test_start(done)

    def test_stopping(self, done: Callable[[], None]) -> None:
        self._scenario.test_stopping(done)

    def test_stop(self, done: Callable[[], None]) -> None:
        self._scenario.test_stop(done)

    def spawning_complete(self, users: int) -> None:
        self._scenario.spawning_complete(users)

    def reset_stats(self) -> None:
        self._scenario.reset_stats()

    def shapes(self) -> list[str]:
        return self._scenario.shapes()

    def shape_began(self, seconds_ago: float) -> None:
        self._scenario.shape_began(seconds_ago)

    def tick_shape(self, done: Callable[..., None]) -> None:
        """done(users, rate, names of classes), or done() at the end; no names: as before. A shape
        may wait, so it has a greenlet."""

        def tick() -> None:
            wanted = self._scenario.shape_tick()
            if wanted is None:
                return done()
            users, rate, classes = wanted
            done(users, rate, classes or [])

        gevent.spawn(tick)

    def quitting(self) -> int | None:
        return self._scenario.quitting()

    def exit_code(self) -> int:
        return UNHANDLED if _scenario.unhandled() else 0

    def quit(self, code: int) -> None:
        self._scenario.quit(code)

    def _title(self, action: argparse.Action) -> str:
        for group in self._parser._action_groups:
            if action in group._group_actions and group.title not in GROUPS:
                return group.title or ""
        return ""


def exit_words(leave: SystemExit) -> tuple[int, str]:
    if leave.code is None or isinstance(leave.code, int):
        return leave.code or 0, ""
    return 1, f"{leave.code}\n"


def option(action: argparse.Action, group: str) -> dict[str, Any]:
    least, most = takes(action)
    metavar = action.metavar or action.dest.upper()
    shown = action.help is not argparse.SUPPRESS
    return {
        "names": list(action.option_strings), "least": least, "most": most,
        "repeats": type(action).__name__ in REPEATED,
        "metavar": (metavar if isinstance(metavar, str) else " ".join(metavar)) if most else "",
        "variable": getattr(action, "env_var", None) or "", "group": group,
        "help": help_of(action) if shown else "", "hidden": not shown}


def takes(action: argparse.Action) -> tuple[int, int]:
    """How many values follow, at least and at most; -1: any number."""
    if isinstance(action.nargs, int):
        return action.nargs, action.nargs
    return {None: (1, 1), argparse.OPTIONAL: (0, 1), argparse.ONE_OR_MORE: (1, -1)}.get(
        action.nargs, (0, -1))


def mean_wait(user_class: type) -> float | None:
    return getattr(user_class, "_mean_wait", lambda: None)()


def needs_host(user_class: type) -> bool:
    from .user.users import FastHttpUser, HttpUser

    return issubclass(user_class, (HttpUser, FastHttpUser))


# --- statistics ---

NOTHING = {
    "name": "Aggregated", "method": "", "last_request_timestamp": None, "start_time": 0.0,
    "num_requests": 0, "num_none_requests": 0, "num_failures": 0, "total_response_time": 0.0,
    "max_response_time": 0, "min_response_time": None, "total_content_length": 0,
    "response_times": {}, "num_reqs_per_sec": {}, "num_fail_per_sec": {}, "current_rps": 0.0,
    "current_fail_per_sec": 0.0, "total_rps": 0.0, "total_fail_per_sec": 0.0, "percentiles": []}
BY_NUMBER = ("response_times", "num_reqs_per_sec", "num_fail_per_sec")


def totals(text: str | None) -> dict[str, Any]:
    """What `_swarm.stats()` returns, from the engine's JSON; None: there is no run."""
    if text is None:
        total = entry(dict(NOTHING))
        return {"entries": [], "total": total, "errors": [], "exceptions": [], "start_time": 0.0}
    all_of_it = json.loads(text)
    all_of_it["entries"] = [entry(each) for each in all_of_it["entries"]]
    all_of_it["total"] = entry(all_of_it["total"])
    return all_of_it


def entry(each: dict[str, Any]) -> dict[str, Any]:
    for name in BY_NUMBER:
        each[name] = {int(key): count for key, count in each[name].items()}
    each["percentiles"] = Percentiles(each["percentiles"])
    return each


class Percentiles:
    """Milliseconds by ratio: of 0, 0.005, ... 1, then of 0.999 and 0.9999."""

    def __init__(self, values: list[float]) -> None:
        self._values = values

    def __call__(self, ratio: float) -> float:
        if not self._values:
            return 0.0
        if ratio in (0.999, 0.9999):
            return self._values[201 if ratio == 0.999 else 202]
        return self._values[max(0, min(200, round(ratio * 200)))]
