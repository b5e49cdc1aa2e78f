"""locust._others: what the engine says about the other processes of a run, and asks for them."""

import os
import sys

import gevent
import gevent.event
import pytest

import locust
from locust import _scenario, events, runners, stats
from locust._others import modules_below

pytestmark = pytest.mark.usefixtures("fresh_process")

FILE = """
from locust import User, tag, task

class One(User):
    @tag("a")
    @task
    def first(self): pass

    @tag("b")
    @task
    def second(self): pass
"""


@pytest.fixture
def configured(tmp_path):
    def configure(role="local", own=None, text=FILE, **options):
        file = tmp_path / "file.py"
        file.write_text(text)
        scenario = _scenario.load([str(file)])
        program = {"master": role == "master", "worker": role == "worker", "tags": None,
                   "exclude_tags": None, "expect_workers": 1, "users": 1, "skip_log_setup": True,
                   **options}
        scenario.configure(program, [], own or {})
        return scenario

    yield configure
    _scenario.environment = None


def turn():
    for _ in range(5):
        gevent.sleep(0)


def tasks_of(scenario):
    return [task.__name__ for task in scenario.user_classes_by_name()["One"].tasks]


class TestOptions:
    def test_of_a_master_are_those_that_workers_take_over(self, configured):
        scenario = configured("master", {"region": "eu"}, tags=["a"], stop_timeout=3, loglevel="INFO")
        assert scenario.others.own_options() == {
            "region": "eu", "tags": ["a"], "exclude_tags": None, "expect_workers": 1,
            "stop_timeout": 3.0}

    def test_are_taken_over_by_a_worker(self, configured):
        scenario = configured("worker", {"region": "us", "retries": 1}, users=7)
        scenario.others.take_options({"region": "eu", "users": 99, "expect_workers": 4,
                                      "new_one": [1], "stop_timeout": 5})
        options = _scenario.environment.parsed_options
        assert (options.region, options.retries, options.expect_workers) == ("eu", 1, 4)
        assert options.users == 7, "the program's own stay as they are"
        assert options.new_one == [1]
        assert _scenario.environment.stop_timeout == 5

    def test_of_a_worker_choose_its_tasks_when_the_run_starts(self, configured):
        scenario = configured("worker", tags=["a"])
        scenario.others.take_options({"tags": ["b"]})
        assert tasks_of(scenario) == ["first", "second"]
        scenario.test_start(lambda: None)
        assert tasks_of(scenario) == ["second"]

    @pytest.mark.parametrize("role", ["local", "master"])
    def test_choose_tasks_at_once_elsewhere(self, configured, role):
        assert tasks_of(configured(role, tags=["a"])) == ["first"]

    def test_may_be_none(self, configured):
        configured("worker").others.take_options(None)


class TestWorkers:
    def test_learn_their_place(self, configured):
        others = configured("worker").others
        others.joined(3)
        runner = _scenario.environment.runner
        assert (runner.worker_index, runner.connected) == (3, True)

    def test_are_told_of_when_they_come(self, configured):
        others, heard = configured("master").others, []
        events.worker_connect.add_listener(lambda client_id, **_: heard.append(client_id))
        others.worker_connected("w1")
        assert heard == []  # not from the hub
        turn()
        assert heard == ["w1"]

    def test_send_messages_to_listeners(self, configured):
        others, heard = configured("master").others, []
        _scenario.environment.runner.register_message(
            "greet", lambda msg, **_: heard.append((msg.data, msg.node_id)))
        others.receive("greet", {"a": 1}, "w1")
        turn()
        assert heard == [({"a": 1}, "w1")]


class TestReports:
    def test_are_only_made_for_those_who_listen(self, configured):
        master = configured("master").others
        assert not master.watches_reports()
        events.report_to_master.add_listener(print)
        assert not master.watches_reports()
        events.worker_report.add_listener(print)
        assert master.watches_reports()

    def test_are_only_made_for_those_who_listen_on_a_worker(self, configured):
        worker = configured("worker").others
        events.worker_report.add_listener(print)
        assert not worker.watches_reports()
        events.report_to_master.add_listener(print)
        assert worker.watches_reports()

    def test_are_made_for_the_listeners_of_long_ago(self, configured):
        master, heard = configured("master").others, []
        events.slave_report += lambda client_id, data: heard.append(client_id)
        assert master.watches_reports()
        master.worker_report("w1", {})
        turn()
        assert heard == ["w1"]

    def test_are_never_made_in_one_process(self, configured):
        events.worker_report.add_listener(print)
        events.report_to_master.add_listener(print)
        assert not configured().others.watches_reports()

    def test_may_be_added_to_from_the_hub(self, configured):
        others = configured("worker").others
        events.report_to_master.add_listener(
            lambda client_id, data, **_: data.update(by=client_id, in_hub=in_hub()))
        data = from_hub(lambda: others.report_to_master("w1", report))(report := {"stats": []})
        assert data == {"stats": [], "by": "w1", "in_hub": False}

    def test_do_not_wait_for_listeners_that_wait(self, configured, caplog):
        others, gate, heard = configured("worker").others, gevent.event.Event(), []

        def listen(data, **_):
            data["before"] = 1
            gate.wait()
            heard.append("after")

        events.report_to_master.add_listener(listen)
        data = from_hub(lambda: others.report_to_master("w1", report))(report := {})
        assert data == {"before": 1} and heard == []
        assert "comes too late" in caplog.text
        gate.set()
        turn()
        assert heard == ["after"]

    def test_survive_listeners_that_fail(self, configured, caplog):
        others = configured("worker").others

        def fail(**_):
            raise locust.exception.StopUser

        events.report_to_master.add_listener(fail)
        from_hub(lambda: others.report_to_master("w1", {}))({})
        assert "Uncaught exception in A listener of report_to_master" in caplog.text

    def test_come_as_often_as_the_file_says(self, configured, monkeypatch):
        others = configured("worker").others
        assert others.report_interval() is None
        monkeypatch.setattr(runners, "WORKER_REPORT_INTERVAL", 1)
        assert others.report_interval() == 1.0


class TestTables:
    def test_are_the_programs_unless_the_file_says_more(self, configured):
        others = configured().others
        assert (others.percentiles(), others.table_interval()) == ([], None)

    def test_are_as_the_file_says(self, configured, monkeypatch):
        others = configured().others
        monkeypatch.setattr(stats, "PERCENTILES_TO_REPORT", [0.5, 0.995, 1])
        monkeypatch.setattr(stats, "CONSOLE_STATS_INTERVAL_SEC", 1)
        assert (others.percentiles(), others.table_interval()) == ([0.5, 0.995, 1.0], 1.0)


def in_hub():
    return gevent.getcurrent() is gevent.get_hub()


def from_hub(function):
    """Calls it where the engine does; what comes back takes what the caller wants to look at."""

    def call(data):
        gevent.get_hub().loop.run_callback(function)
        gevent.sleep(0)
        return data

    return call


class TestFiles:
    @pytest.fixture(autouse=True)
    def elsewhere(self, tmp_path, monkeypatch):
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        monkeypatch.chdir(folder)

    @pytest.fixture
    def write(self, tmp_path):
        def write(path, text=""):
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            return str(file)

        return write

    @staticmethod
    def files(*paths):
        scenario = _scenario.load(list(paths))
        scenario.configure({"skip_log_setup": True}, [])
        return scenario.others.files()

    def test_are_the_named_ones_first(self, write):
        second, first = write("b.py", FILE), write("a.py", FILE.replace("One", "Two"))
        assert self.files(second, first) == [second, first]

    def test_are_absolute(self, write, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        path = write("a.py", FILE)
        assert self.files("a.py") == [path]

    def test_go_with_the_modules_that_they_import(self, write):
        helper, init = write("helpers/deep/it.py"), write("helpers/__init__.py")
        deep = write("helpers/deep/__init__.py")
        write("helpers/never.py")
        path = write("a.py", "import helpers.deep.it, json, gevent\n" + FILE)
        assert self.files(path) == [path, init, deep, helper]

    def test_go_with_what_the_working_directory_gives(self, write, tmp_path, monkeypatch):
        common, path = write("common.py"), write("tests/a.py", "import common\n" + FILE)
        assert self.files(path) == [path]
        self.forget("a", "common")
        monkeypatch.chdir(tmp_path)
        assert self.files(path) == [path, common]

    def test_go_without_installed_packages(self, write, tmp_path, monkeypatch):
        write("venv/lib/python3/site-packages/dependency/__init__.py")
        monkeypatch.syspath_prepend(str(tmp_path / "venv/lib/python3/site-packages"))
        path = write("a.py", "import dependency\n" + FILE)
        assert self.files(path) == [path]

    def test_have_what_makes_their_folder_a_package(self, write):
        init, path = write("pack/__init__.py"), write("pack/a.py", FILE)
        helper = write("pack/helper.py")
        write("pack/a.py", "from . import helper\n" + FILE)
        assert self.files(path) == [path, init, helper]

    def test_never_are_ours_or_pythons(self):
        found = set(modules_below({"/"}))
        assert not any("/locust/" in path or path == os.__file__ for path in found)
        assert __file__ in found

    @staticmethod
    def forget(*names):
        for name in names:
            sys.modules.pop(name, None)
