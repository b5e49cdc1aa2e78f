"""The runners of a run of several processes, as a scenario sees them."""

import gevent
import gevent.event
import pytest

from locust import User, events, runners
from locust.env import Environment
from locust.rpc import Message
from locust.runners import MasterRunner, WorkerRunner


class One(User):
    tasks = [print]


class Two(User):
    tasks = [print]


def environment_of(kind):
    environment = Environment(user_classes=[One, Two], events=events)
    environment.set_runner(kind)
    return environment


def worker(name, state="running", index=0, users=None, cpu_percent=0.0, bytes_memory=0):
    return (name, state, index, users or {}, cpu_percent, bytes_memory)


class TestMaster:
    @pytest.fixture
    def runner(self, engine):
        engine.workers = [
            worker("a", "ready", 0), worker("b", "running", 2, {"One": 3, "Two": 1}, 95.0, 1000),
            worker("c", "spawning", 1, {"One": 2}), worker("d", "missing", 3, {"One": 9})]
        return environment_of(MasterRunner).runner

    def test_has_its_workers_by_id_and_by_state(self, runner):
        assert list(runner.clients) == ["a", "b", "c", "d"] and len(runner.clients) == 4
        assert "b" in runner.clients and "e" not in runner.clients
        assert [w.id for w in runner.clients.all] == ["a", "b", "c", "d"]
        by_state = {state: [w.id for w in getattr(runner.clients, state)]
                    for state in ("ready", "spawning", "running", "missing")}
        assert by_state == {"ready": ["a"], "spawning": ["c"], "running": ["b"], "missing": ["d"]}

    def test_counts_those_that_are_there(self, runner):
        assert runner.worker_count == runner.slave_count == 3
        assert runner.user_count == 6
        assert runner.reported_user_classes_count == {"One": 5, "Two": 1}
        assert runner.user_classes_count == {"One": 5, "Two": 1}

    def test_knows_what_a_worker_said(self, runner):
        node = runner.clients["b"]
        assert (node.user_count, node.cpu_usage, node.memory_usage) == (4, 95.0, 1000)
        assert node.cpu_warning_emitted and runner.worker_cpu_warning_emitted
        assert not runner.clients["c"].cpu_warning_emitted
        assert node.heartbeat > 0 > runner.clients["d"].heartbeat

    def test_keeps_the_object_of_a_worker(self, runner, engine):
        node = runner.clients["b"]
        engine.workers = [worker("b", "ready", 2)]
        assert runner.clients["b"] is node
        assert (node.state, node.user_count, node.cpu_warning_emitted) == ("ready", 0, True)

    def test_keeps_the_places_of_workers_that_are_gone(self, runner, engine):
        assert runner.worker_indexes == {"a": 0, "b": 2, "c": 1, "d": 3}
        engine.workers = []
        assert runner.get_worker_index("b") == 2 and runner.worker_index_max == 4
        assert runner.get_worker_index("stranger") == -1
        assert not runner.clients and runner.worker_count == 0

    def test_sends_to_one_or_to_all(self, runner, engine):
        runner.send_message("greet", {"a": 1}, client_id="b")
        runner.send_message("greet")
        assert engine.messages == [("greet", {"a": 1}, "b"), ("greet", None, None)]

    def test_warns_of_messages_that_nobody_listens_to(self, runner, caplog):
        runner.receive(Message("greet", None, "c"))
        assert "Unknown message type received from worker c (index 1): greet" in caplog.text


class TestWorker:
    def test_is_what_the_engine_says(self, engine):
        runner = environment_of(WorkerRunner).runner
        engine.worker_id, engine.state = "host_1", "spawning"
        assert runner.client_id == "host_1"
        assert runner.worker_state == runner.state == runners.STATE_SPAWNING
        assert (runner.worker_index, runner.connected) == (-1, False)

    def test_sends_to_its_master(self, engine):
        environment_of(WorkerRunner).runner.send_message("done", [1], client_id="nobody")
        assert engine.messages == [("done", [1], None)]

    def test_starts_nothing(self):
        with pytest.raises(NotImplementedError):
            environment_of(WorkerRunner).runner.start(1, 1)

    def test_warns_of_messages_that_nobody_listens_to(self, caplog):
        environment_of(WorkerRunner).runner.receive(Message("greet", None, "me"))
        assert "Unknown message type received: greet" in caplog.text


class TestListenersOfMessages:
    @pytest.fixture
    def environment(self):
        return environment_of(WorkerRunner)

    @staticmethod
    def turn():
        for _ in range(5):
            gevent.sleep(0)

    def test_get_the_message(self, environment):
        heard = []
        environment.runner.register_message(
            "greet", lambda environment, msg, **_: heard.append((environment, msg)))
        message = Message("greet", {"a": 1}, "w")
        environment.runner.receive(message)
        self.turn()
        assert heard == [(environment, message)]

    def test_are_called_one_after_the_other(self, environment):
        heard, gate = [], gevent.event.Event()

        def slow(msg, **_):
            heard.append(("begins", msg.data))
            gate.wait()
            heard.append(("ends", msg.data))

        environment.runner.register_message("slow", slow)
        environment.runner.register_message("quick", lambda msg, **_: heard.append(msg.data))
        for kind, data in (("slow", 1), ("slow", 2), ("quick", 3)):
            environment.runner.receive(Message(kind, data, "w"))
        self.turn()
        assert heard == [("begins", 1)]
        gate.set()
        self.turn()
        assert heard == [("begins", 1), ("ends", 1), ("begins", 2), ("ends", 2), 3]

    def test_are_called_at_once_if_concurrent(self, environment):
        heard, gate = [], gevent.event.Event()

        def slow(msg, **_):
            heard.append(msg.data)
            gate.wait()

        environment.runner.register_message("slow", slow, concurrent=True)
        for data in (1, 2):
            environment.runner.receive(Message("slow", data, "w"))
        self.turn()
        assert heard == [1, 2]
        gate.set()
        self.turn()

    @pytest.mark.parametrize("concurrent", [False, True])
    def test_may_fail(self, environment, concurrent, caplog):
        heard = []

        def listen(msg, **_):
            heard.append(msg.data)
            raise RuntimeError("broken")

        environment.runner.register_message("greet", listen, concurrent)
        for data in (1, 2):
            environment.runner.receive(Message("greet", data, "w"))
        self.turn()
        assert heard == [1, 2]
        assert "Uncaught exception in handler for greet" in caplog.text and "broken" in caplog.text
