"""What a form shows of a scenario's own options, and what it changes."""

import argparse
import enum

import pytest

from locust._own_options import changed, shown
from locust.argument_parser import OptionError, custom_parser


@pytest.fixture
def parser():
    return custom_parser()


def only(parser, values=None):
    (option,) = shown(parser, values if values is not None else parser.values([]))
    return option


class Size(enum.Enum):
    S, L = "s", "l"


@pytest.mark.parametrize("options, kind, values", [
    ({}, "text", []),
    ({"default": "x"}, "text", ["x"]),
    ({"default": ""}, "text", []),
    ({"type": int, "default": 3}, "number", ["3"]),
    ({"type": float, "nargs": "?", "default": .5}, "number", ["0.5"]),
    ({"choices": ["a", "b"], "default": "b"}, "choice", ["b"]),
    ({"action": "store_true"}, "bool", ["false"]),
    ({"action": "store_false"}, "bool", ["true"]),
    ({"action": argparse.BooleanOptionalAction, "default": True}, "bool", ["true"]),
    ({"action": "count", "default": 2}, "number", ["2"]),
    ({"nargs": "*", "type": int, "default": [1, 2]}, "list", ["1", "2"]),
    ({"action": "append"}, "list", []),
    ({"is_multiple": True, "choices": ["a", "b"], "default": ["a"]}, "list", ["a"])])
def test_options_are_of_a_kind_and_have_their_present_value(parser, options, kind, values):
    parser.add_argument("--the-option", help="of %(prog)s, %(default)s", **options)
    option = only(parser)
    assert (option.name, option.kind, option.values) == ("the_option", kind, values)
    assert option.help == f"of swarm, {options.get('default', parser.get_default('the_option'))}"
    assert option.choices == options.get("choices", [])


def test_secret_and_required_ones_say_so(parser):
    parser.add_argument("--key", is_secret=True, is_required=True)
    parser.add_argument("--plain")
    assert [(each.secret, each.required) for each in shown(parser, {})] == [(True, True), (False, False)]


def test_what_no_form_has_is_not_shown(parser):
    parser.add_argument("--hidden", help=argparse.SUPPRESS)
    parser.add_argument("--apart", include_in_web_ui=False)
    parser.add_argument("--fast", action="store_const", const="fast", dest="speed")
    parser.add_argument("--on", action="store_true", dest="light")
    parser.add_argument("--off", action="store_false", dest="light")
    assert only(parser, {}).name == "light"


@pytest.mark.parametrize("options, texts, value", [
    ({}, ["a"], "a"), ({}, [""], None), ({"default": "x"}, [""], ""),
    ({"type": int}, ["4"], 4), ({"type": int, "default": 3}, [""], 3), ({"type": float}, ["1.5"], 1.5),
    ({"type": Size, "choices": list(Size)}, ["l"], Size.L),
    ({"action": "store_true"}, ["true"], True), ({"action": "store_true"}, ["false"], False),
    ({"action": "store_false"}, ["off"], False), ({"action": "count"}, ["2"], 2),
    ({"nargs": "*", "type": int}, ["1", "2"], [1, 2]), ({"action": "append", "default": ["a"]}, [], []),
])
def test_texts_become_what_the_command_line_would_make_of_them(parser, options, texts, value):
    parser.add_argument("--it", **options)
    assert changed(parser, parser.values([]), {"it": texts}) == {"it": value}


@pytest.mark.parametrize("options, texts, why", [
    ({"type": int}, ["x"], "argument --it: invalid int value: 'x'"),
    ({"choices": ["a", "b"]}, ["c"], "invalid choice: 'c'"),
    ({"nargs": "+", "choices": ["a"]}, ["a", "c"], "invalid choice: 'c'"),
    ({"action": "store_true"}, ["maybe"], "it is true or false, not 'maybe'"),
    ({"action": "count"}, ["many"], "it is a whole number, not 'many'"),
    ({"is_required": True}, [""], "it needs a value"),
    ({"help": argparse.SUPPRESS}, ["a"], "has no option it")])
def test_what_does_not_fit_is_refused_in_a_line(parser, options, texts, why):
    parser.add_argument("--it", **options)
    with pytest.raises(OptionError, match=why) as refused:
        changed(parser, parser.values([]), {"it": texts})
    assert "\n" not in str(refused.value)


def test_what_is_needed_is_needed_of_every_start(parser):
    parser.add_argument("--key", is_required=True)
    with pytest.raises(OptionError, match="key needs a value"):
        changed(parser, {"key": None}, {})
    assert changed(parser, {"key": "set"}, {}) == {}
