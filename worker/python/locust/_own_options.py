"""A scenario's own options between its runs: what a form shows of them, and what it changes."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from .argument_parser import YES, LocustArgumentParser, OptionError, help_of

NO = ("0", "off", "false", "no", "")
MOST_CHOICES = 1000
APPENDING = ("_AppendAction", "_ExtendAction")


class Shown(NamedTuple):
    """An option of a form. The engine reads it by place."""

    name: str
    help: str
    kind: str  # text, number, bool, choice or list
    choices: list[str]
    values: list[str]  # at present
    secret: bool
    required: bool


def shown(parser: LocustArgumentParser, values: dict[str, Any]) -> list[Shown]:
    """The options that may be changed, with their present `values` by dest."""
    return [Shown(dest, help_of(action), kind_of(action), choices_of(action),
                  texts_of(values.get(dest)), bool(getattr(action, "is_secret", False)),
                  is_required(action))
            for dest, action in changeable(parser).items()]


def changed(parser: LocustArgumentParser, values: dict[str, Any],
            given: dict[str, list[str]]) -> dict[str, Any]:
    """The values of those that are `given` as texts. Errors: OptionError, in one line."""
    actions = changeable(parser)
    unknown = [dest for dest in given if dest not in actions]
    if unknown:
        raise OptionError(f"the scenario has no option {unknown[0]}")
    new = {dest: value_of(parser, actions[dest], texts) for dest, texts in given.items()}
    missing = [dest for dest, action in actions.items()
               if is_required(action) and {**values, **new}.get(dest) in (None, "", [])]
    if missing:
        raise OptionError(f"the option {missing[0]} needs a value")
    return new


def changeable(parser: LocustArgumentParser) -> dict[str, argparse.Action]:
    """By dest, in their order; the first of several for one dest."""
    actions: dict[str, argparse.Action] = {}
    for action in parser._actions:
        hidden = action.help is argparse.SUPPRESS or not getattr(action, "include_in_web_ui", True)
        # A constant of any other kind has no field to be shown in.
        constant = action.nargs == 0 and kind_of(action) == "text"
        if action.option_strings and not hidden and not constant:
            actions.setdefault(action.dest, action)
    return actions


def kind_of(action: argparse.Action) -> str:
    name = type(action).__name__
    if action.nargs == 0:
        if name == "_CountAction":
            return "number"
        return "bool" if name == "BooleanOptionalAction" or isinstance(action.const, bool) else "text"
    if name in APPENDING or action.nargs not in (None, argparse.OPTIONAL) or \
            getattr(action, "is_multiple", False):
        return "list"
    if action.choices is not None:
        return "choice"
    return "number" if action.type in (int, float) else "text"


def choices_of(action: argparse.Action) -> list[str]:
    choices = [] if action.choices is None else list(action.choices)
    return [str(choice) for choice in choices] if len(choices) <= MOST_CHOICES else []


def texts_of(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, (list, tuple)):
        return [str(each) for each in value]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def is_required(action: argparse.Action) -> bool:
    return action.required or bool(getattr(action, "is_required", False))


def value_of(parser: LocustArgumentParser, action: argparse.Action, texts: list[str]) -> Any:
    kind = kind_of(action)
    if kind == "list":
        return [checked(parser, action, text) for text in texts]
    text = texts[-1] if texts else ""
    if kind == "bool":
        word = text.strip().lower()
        if word not in (*YES, *NO):
            raise OptionError(f"the option {action.dest} is true or false, not {text!r}")
        return word in YES
    if not text and (action.default is None or kind != "text"):
        return action.default
    return checked(parser, action, text)


def checked(parser: LocustArgumentParser, action: argparse.Action, text: str) -> Any:
    try:
        if action.nargs == 0:
            return int(text)
        value = parser._get_value(action, text)
        parser._check_value(action, value)
    except argparse.ArgumentError as error:
        raise OptionError(str(error)) from None
    except ValueError:
        raise OptionError(f"the option {action.dest} is a whole number, not {text!r}") from None
    return value
