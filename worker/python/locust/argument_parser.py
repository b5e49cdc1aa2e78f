"""Options of a scenario's own, and the command line of run_single_user."""

from __future__ import annotations

import argparse
import difflib
import os
from typing import Any, Callable, Iterable, NoReturn, Sequence

from .util.timespan import parse_timespan

# What add_argument() takes besides argparse's own words; stored in the action.
EXTRAS = {"include_in_web_ui": True, "is_secret": False, "is_required": False, "is_multiple": False,
          "env_var": None}
YES = ("1", "on", "true", "yes")

Add = Callable[..., argparse.Action]


class OptionError(Exception):
    """The command line makes no sense; the text says why."""


class LocustArgumentParser(argparse.ArgumentParser):
    """argparse's parser. Its add_argument() also takes `env_var`, the name of an environment
    variable, and says how the option is shown in the browser: `include_in_web_ui`, `is_secret`,
    `is_required`, `is_multiple`."""

    def add_argument(self, *args: Any, **kwargs: Any) -> argparse.Action:
        return with_extras(super().add_argument)(*args, **kwargs)

    def add_argument_group(self, *args: Any, **kwargs: Any) -> Any:
        group = super().add_argument_group(*args, **kwargs)
        group.add_argument = with_extras(group.add_argument)  # type: ignore[method-assign]
        return group

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        for action in self._actions:
            text = os.environ.get(getattr(action, "env_var", None) or "")
            if text is not None:
                action.required = False
                try:
                    action.default = self._from_environment(action, text)
                except argparse.ArgumentError as error:
                    self.error(str(error))
        return super().parse_known_args(args, namespace)

    def _from_environment(self, action: argparse.Action, text: str) -> Any:
        if action.nargs == 0:
            return action.const if text.strip().lower() in YES else action.default
        if action.nargs in (None, argparse.OPTIONAL):
            return self._get_value(action, text)
        return [self._get_value(action, word) for word in listed(text)]

    def error(self, message: str) -> NoReturn:
        raise OptionError(message + self._suggestion(message))

    def _suggestion(self, message: str) -> str:
        _, found, unknown = message.partition("unrecognized arguments: ")
        known = [flag for action in self._actions for flag in action.option_strings]
        close = difflib.get_close_matches(unknown.split()[0], known, n=1) if found else []
        return f"\nDid you mean '{close[0]}'?" if close else ""

    def values(self, arguments: Sequence[str]) -> dict[str, Any]:
        """The value of every option that was added, by dest, and what set_defaults() said.
        Errors: OptionError."""
        return vars(self.parse_args(list(arguments)))


def with_extras(add: Add) -> Add:
    def add_argument(*args: Any, **kwargs: Any) -> argparse.Action:
        extras = {name: kwargs.pop(name, default) for name, default in EXTRAS.items()}
        action = add(*args, **kwargs)
        vars(action).update(extras)
        return action

    return add_argument


def listed(text: str) -> list[str]:
    """`a b`, or `[a, b]`."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [word.strip() for word in text[1:-1].split(",") if word.strip()]
    return text.split()


def help_of(action: argparse.Action) -> str:
    """With its default filled in."""
    try:
        return (action.help or "") % {**vars(action), "prog": "swarm"}
    except (KeyError, TypeError, ValueError):
        return action.help or ""


def custom_parser() -> LocustArgumentParser:
    """What `init_command_line_parser` adds to while the program runs: it has the other options."""
    return LocustArgumentParser(prog="swarm", add_help=False, allow_abbrev=False)


def get_parser(default_config_files: Iterable[str] = ()) -> LocustArgumentParser:
    """The options that mean something when a file is run by Python itself."""
    import locust

    parser = LocustArgumentParser(prog="locust")
    add = parser.add_argument
    add("-f", "--locustfile", default="locustfile.py", env_var="LOCUST_LOCUSTFILE")
    add("-H", "--host", metavar="<base url>", env_var="LOCUST_HOST")
    add("-u", "--users", type=int, dest="num_users", env_var="LOCUST_USERS")
    add("-r", "--spawn-rate", type=float, env_var="LOCUST_SPAWN_RATE")
    add("-t", "--run-time", type=timespan, env_var="LOCUST_RUN_TIME")
    add("-T", "--tags", nargs="*", env_var="LOCUST_TAGS")
    add("-E", "--exclude-tags", nargs="*", env_var="LOCUST_EXCLUDE_TAGS")
    add("-L", "--loglevel", default="INFO", env_var="LOCUST_LOGLEVEL")
    add("-s", "--stop-timeout", type=timespan, default="0", env_var="LOCUST_STOP_TIMEOUT")
    add("--headless", action="store_true", env_var="LOCUST_HEADLESS")
    parser.set_defaults(master=False, worker=False, csv_prefix=None, user_classes=[])
    locust.events.init_command_line_parser.fire(parser=parser)
    return parser


def parse_options(args: Sequence[str] | None = None) -> argparse.Namespace:
    return get_parser().parse_args(args)


def timespan(text: str) -> int:
    try:
        return parse_timespan(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
