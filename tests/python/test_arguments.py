"""Options of a scenario's own."""

import pytest

from locust import events
from locust.argument_parser import OptionError, custom_parser, get_parser


@pytest.fixture
def parser():
    return custom_parser()


def test_say_how_they_are_shown(parser):
    action = parser.add_argument("--tenant", is_secret=True, include_in_web_ui=False)
    assert (action.is_secret, action.include_in_web_ui) == (True, False)
    assert (action.is_required, action.is_multiple, action.env_var) == (False, False, None)


def test_of_a_group_too(parser):
    group = parser.add_argument_group("Mine")
    assert group.add_argument("--tenant", env_var="TENANT").env_var == "TENANT"


def test_values(parser):
    parser.add_argument("--tenant", type=int, default=3)
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--ids", nargs="*", type=int)
    parser.set_defaults(host="http://host")
    assert parser.values([]) == {"tenant": 3, "dry": False, "ids": None, "host": "http://host"}
    assert parser.values(["--tenant", "4", "--ids", "1", "2", "--dry"]) == {
        "tenant": 4, "dry": True, "ids": [1, 2], "host": "http://host"}


@pytest.mark.parametrize("arguments, text", [
    (["--tenant", "x"], "argument --tenant: invalid int value: 'x'"),
    (["--tenant", "1", "--tennant", "2"], "Did you mean '--tenant'\\?"),
    ([], "the following arguments are required: --tenant")])
def test_errors(parser, arguments, text):
    parser.add_argument("--tenant", type=int, required=True)
    with pytest.raises(OptionError, match=text):
        parser.values(arguments)


class TestEnvironmentVariables:
    @pytest.mark.parametrize("text, options, value", [
        ("7", {"type": int}, 7),
        ("true", {"action": "store_true"}, True),
        ("no", {"action": "store_true"}, False),
        ("a b", {"nargs": "*"}, ["a", "b"]),
        ("[1, 2]", {"nargs": "+", "type": int}, [1, 2])])
    def test_are_values(self, parser, monkeypatch, text, options, value):
        monkeypatch.setenv("MINE", text)
        parser.add_argument("--mine", env_var="MINE", **options)
        assert parser.values([]) == {"mine": value}

    def test_are_what_is_required(self, parser, monkeypatch):
        parser.add_argument("--mine", env_var="MINE", required=True)
        monkeypatch.setenv("MINE", "x")
        assert parser.values([]) == {"mine": "x"}

    def test_give_way_to_the_command_line(self, parser, monkeypatch):
        monkeypatch.setenv("MINE", "x")
        parser.add_argument("--mine", env_var="MINE")
        assert parser.values(["--mine", "y"]) == {"mine": "y"}

    def test_that_make_no_sense(self, parser, monkeypatch):
        monkeypatch.setenv("MINE", "x")
        parser.add_argument("--mine", env_var="MINE", type=int)
        with pytest.raises(OptionError, match="--mine"):
            parser.values([])


def test_the_parser_of_single_users_has_the_common_options_and_the_files(monkeypatch):
    events.init_command_line_parser.add_listener(lambda parser: parser.add_argument("--mine"))
    options = get_parser().parse_args(["-H", "http://h", "-u", "3", "--mine", "x", "-t", "1m"])
    assert (options.host, options.num_users, options.mine, options.run_time) == (
        "http://h", 3, "x", 60)
    assert options.stop_timeout == 0 and options.tags is None and options.headless is False
