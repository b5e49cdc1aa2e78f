"""environment and environment.runner."""

from argparse import Namespace

import pytest

from locust import LoadTestShape, User, events, runners
from locust.env import Environment
from locust.exception import RunnerAlreadyExistsError
from locust.runners import LocalRunner, MasterRunner, WorkerRunner
from support import environment_of


class One(User):
    tasks = [print]


class Other(User):
    weight = 0


class TestEnvironment:
    def test_has_hooks_of_its_own_unless_given_some(self):
        assert Environment().events is not events
        assert Environment(events=events).events is events

    def test_leaves_out_classes_without_weight(self):
        assert Environment(user_classes=[One, Other]).user_classes == [One]
        with pytest.raises(ValueError, match="There are no users with weight > 0."):
            Environment(user_classes=[Other])
        assert Environment().user_classes == []

    def test_refuses_two_classes_of_one_name(self):
        with pytest.raises(ValueError, match=r"test_environment\.One"):
            Environment(user_classes=[One, type("One", (User,), {})])

    def test_refuses_what_is_no_shape(self):
        with pytest.raises(ValueError):
            Environment(shape_class=LoadTestShape)

    @pytest.mark.parametrize("given, options, expected", [
        (None, None, 0), (5, None, 5), (None, Namespace(stop_timeout="7"), 7),
        (None, Namespace(stop_timeout=None), 0), (5, Namespace(stop_timeout=7), 5)])
    def test_stop_timeout(self, given, options, expected):
        assert Environment(stop_timeout=given, parsed_options=options).stop_timeout == expected

    def test_has_one_runner(self):
        environment = environment_of(One)
        with pytest.raises(RunnerAlreadyExistsError):
            environment.set_runner(LocalRunner)

    @pytest.mark.parametrize("make", [
        lambda e: e.create_local_runner(), lambda e: e.create_master_runner(),
        lambda e: e.create_worker_runner("host", 1), lambda e: e.create_web_ui()])
    def test_as_a_library_says_that_it_is_not_there_yet(self, make):
        with pytest.raises(NotImplementedError, match="swarm -f"):
            make(Environment())


class TestRunner:
    def test_passes_orders_on(self, engine):
        runner = environment_of(One).runner
        runner.start(10, 2.5)
        runner.stop()
        runner.quit()
        assert engine.orders == [("start", 10, 2.5, []), ("stop",), ("quit",)]
        assert (runner.target_user_count, runner.spawn_rate) == (10, 2.5)

    def test_starts_some_classes_only(self, engine):
        runner = environment_of(One).runner
        runner.start(1, 1, user_classes=[One])
        assert engine.orders == [("start", 1, 1, ["One"])]
        with pytest.raises(ValueError, match="no user class Stranger"):
            runner.start(1, 1, user_classes=[type("Stranger", (One,), {})])

    def test_shows_the_engine(self, engine):
        runner = environment_of(One).runner
        engine.state = "running"
        engine.counts = {"One": 3, "Unknown": 1}
        assert runner.state == runners.STATE_RUNNING
        assert runner.user_classes_count == {"One": 3} and runner.user_count == 3
        assert runner.user_classes == [One] and runner.user_classes_by_name == {"One": One}

    def test_shows_errors_and_exceptions(self, engine):
        runner = environment_of(One).runner
        assert not runner.errors and not runner.exceptions
        engine.totals["exceptions"] = [
            {"count": 2, "msg": "broken", "traceback": "here", "nodes": ["local"]}]
        engine.totals["errors"] = [{"method": "GET", "name": "/", "error": "bad", "occurrences": 1,
                                    "first_seen": 1.0, "last_seen": 2.0}]
        assert [row["msg"] for row in runner.exceptions.values()] == ["broken"]
        assert [error.error for error in runner.errors.values()] == ["bad"]
        assert runner.stats is runner.environment.stats

    def test_logs_exceptions_of_ones_own(self, engine):
        environment_of(One).runner.log_exception("local", "broken", "here")
        assert engine.exceptions == [("broken", "here")]

    def test_the_kinds(self):
        kinds = (LocalRunner, MasterRunner, WorkerRunner)
        for kind in kinds:
            environment = Environment()
            environment.set_runner(kind)
            assert [isinstance(environment.runner, other) for other in kinds] == [
                other is kind for other in kinds]

    def test_indexes_of_workers(self):
        local, worker = LocalRunner(Environment()), WorkerRunner(Environment())
        assert (local.worker_index, local.worker_count, worker.worker_index) == (0, 1, -1)
        assert local.client_id

    def test_knows_the_users_that_there_are_to_be_whoever_asked_for_them(self, engine):
        runner = environment_of(One).runner
        assert (runner.target_user_count, runner.spawn_rate) == (0, 0)
        engine.wanted = (40, 2.5)
        assert (runner.target_user_count, runner.spawn_rate) == (40, 2.5)
        events.spawning_complete.fire(user_count=3)
        assert runner.target_user_count == 40

    def test_knows_the_users_of_each_class_that_there_were_to_be(self, engine):
        environment = environment_of(One)
        engine.counts = {"One": 4}
        events.spawning_complete.fire(user_count=4)
        assert environment.runner.target_user_classes_count == {"One": 4}


class TestMessages:
    def test_come_back_in_the_local_role(self):
        environment = environment_of(One)
        heard = []
        environment.runner.register_message("greet", lambda environment, msg: heard.append(
            (environment, msg.type, msg.data, msg.node_id)))
        environment.runner.send_message("greet", {"a": 1})
        assert heard == [(environment, "greet", {"a": 1}, "local")]

    def test_of_an_unknown_type_are_warned_of(self, caplog):
        environment_of(One).runner.send_message("nobody")
        assert "nobody" in caplog.text

    def test_have_one_listener(self):
        runner = environment_of(One).runner
        runner.register_message("greet", print)
        with pytest.raises(Exception, match="greet"):
            runner.register_message("greet", print)


def test_usage_is_measured_and_told(monkeypatch):
    environment = environment_of(One)
    heard = []
    rounds = iter([None, None])

    def sleep(seconds):
        assert seconds == runners.CPU_MONITOR_INTERVAL
        next(rounds)

    monkeypatch.setattr("locust.runners.gevent.sleep", sleep)
    monkeypatch.setattr("locust.runners.Usage.cpu_percent", lambda self: 95.0)
    events.usage_monitor.add_listener(lambda cpu_usage, memory_usage, **_: heard.append(memory_usage))
    events.cpu_warning.add_listener(lambda cpu_usage, **_: heard.append(cpu_usage))
    with pytest.raises(StopIteration):
        environment.runner.monitor_usage()
    assert heard[0] == 95.0 and heard[1] > 1_000_000 and len(heard) == 4
    assert environment.runner.cpu_warning_emitted
    assert environment.runner.current_cpu_usage == 95.0


def test_cpu_use_is_of_one_core(monkeypatch):
    from locust import _usage

    clock = iter([10.0, 12.0])
    used = iter([1.0, 1.5])
    monkeypatch.setattr(_usage.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(_usage, "cpu_seconds", lambda: next(used))
    assert _usage.Usage().cpu_percent() == 25.0


def test_user_json_and_fullname():
    assert One.json() == {"host": None, "weight": 1, "fixed_count": 0, "tasks": ["print"]}
    assert One.fullname() == "test_environment.One"


def test_fullname_of_a_local_class():
    class Local(User):
        pass

    assert Local.fullname() == "test_environment.test_fullname_of_a_local_class.Local"
