"""run_single_user: a user in the present thread, for a debugger."""

import logging
import sys

import pytest

from locust import User, debug, events, run_single_user, tag, task
from locust.exception import CatchResponseError, StopUser


class Debugged(User):
    @task
    def act(self):
        events.request.fire(request_type="GET", name="/", response_time=12.4, response_length=5,
                            exception=None, context={"a": 1}, start_time=0.5)
        events.request.fire(request_type="GET", name="/", response_time=None, response_length=0,
                            exception=CatchResponseError("bad\nnews"), context={})
        raise StopUser


@pytest.fixture
def arguments(monkeypatch, fresh_process):
    monkeypatch.setattr(debug, "_environment", None)
    monkeypatch.setattr(sys, "argv", ["file.py"])
    return sys.argv


def test_prints_a_line_for_each_request(arguments, capsys):
    run_single_user(Debugged)
    blank, head, good, bad = capsys.readouterr().out.splitlines()
    assert blank == "" and head.split("\t") == ["type", f"{'name':50}", "resp_ms", "exception"]
    assert [field.strip() for field in good.split("\t")] == ["GET", "/", "12", ""]
    assert [field.strip() for field in bad.split("\t")] == ["GET", "/", "-1", "bad news"]


def test_and_what_else_is_wanted(arguments, capsys):
    run_single_user(Debugged, include_length=True, include_time=True, include_context=True)
    head, good = capsys.readouterr().out.splitlines()[1:3]
    assert [field.strip() for field in head.split("\t")] == [
        "time", "type", "name", "resp_ms", "length", "exception", "context"]
    assert good.split("\t")[0].startswith("1970-01-01 00:00:00.5")
    assert good.split("\t")[4] == "5" and good.split("\t")[6] == "{'a': 1}"


def test_fires_init_and_test_start_and_shows_the_user(arguments, capsys):
    heard = []
    events.init.add_listener(lambda environment, **_: heard.append(environment))
    events.test_start.add_listener(lambda environment: heard.append(environment))
    run_single_user(Debugged, loglevel=None)
    run_single_user(Debugged, loglevel=None)
    environment = debug._environment
    assert heard == [environment, environment, environment]
    assert isinstance(environment.single_user_instance, Debugged)
    assert environment.parsed_options.locustfile == "test_single_user.py"


def test_logs_warnings_unless_told_otherwise(arguments, capsys):
    run_single_user(Debugged)
    assert logging.getLogger().level == logging.WARNING
    run_single_user(Debugged, loglevel="DEBUG")
    assert logging.getLogger().level == logging.DEBUG


def test_applies_tags(arguments, capsys):
    class Tagged(Debugged):
        @tag("x")
        @task
        def tagged(self):
            raise StopUser

    arguments += ["--tags", "x"]
    run_single_user(Tagged)
    assert [t.__name__ for t in Tagged.tasks] == ["tagged"]
    assert debug._environment.user_classes == [Tagged]


def test_takes_options(arguments, capsys):
    arguments += ["--host", "http://other"]
    run_single_user(type("Debugged", (Debugged,), {"host": "http://own"}))
    assert debug._environment.single_user_instance.host == "http://other"


def test_an_option_that_makes_no_sense_exits_with_2(arguments, capsys):
    arguments += ["--hots", "http://other"]
    with pytest.raises(SystemExit) as exit:
        run_single_user(Debugged)
    assert exit.value.code == 2 and "Did you mean '--host'?" in capsys.readouterr().err


def test_a_failing_init_exits_with_1(arguments, capsys):
    events.init.add_listener(lambda **_: 1 / 0)
    with pytest.raises(SystemExit) as exit:
        run_single_user(Debugged)
    assert exit.value.code == 1
