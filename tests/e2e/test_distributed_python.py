"""A locustfile in several processes: hooks, messages, options and reports, as in Locust."""

import json
import pathlib
import re
import socket
import subprocess

import pytest
from support import REPOSITORY, swarm_program

FILE = REPOSITORY / "tests" / "e2e" / "locustfiles" / "together.py"
LIMIT_S = 60
LOCUST_KEYS = {"stats", "stats_total", "errors", "user_classes_count", "user_count"}


class Process:
    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.running = subprocess.Popen(
            [swarm_program(), *options], cwd=self.folder, text=True,
            stdout=open(self.folder / "out", "w"), stderr=open(self.folder / "log", "w"))

    def end(self):
        """Its exit code; sees what it said."""
        try:
            code = self.running.wait(LIMIT_S)
        finally:
            self.running.kill()
        self.log = (self.folder / "log").read_text()
        lines = re.findall(r"^SEEN (.*)$", (self.folder / "out").read_text(), re.MULTILINE)
        self.told = [json.loads(line) for line in lines]
        return code

    def all(self, what):
        return [each for each in self.told if each["what"] == what]

    def one(self, what):
        (only,) = self.all(what)
        return only


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The master, then its workers; one has the file itself, the other gets it from the master."""
    folder, port = tmp_path_factory.mktemp("together"), free_port()
    master = Process(folder / "master", "-f", FILE, "--master", "--headless", "--expect-workers", "2",
                     "--master-bind-host", "127.0.0.1", "--master-bind-port", port,
                     "--only-summary", "-H", "http://nowhere", "--region", "eu", "--retries", "3")
    join = ("--worker", "--master-host", "127.0.0.1", "--master-port", port)
    workers = [Process(folder / "first", *join, "-f", FILE, "--region", "mine"),
               Process(folder / "second", *join)]
    codes = [process.end() for process in (master, *workers)]
    assert codes == [0, 0, 0], "".join(process.log for process in (master, *workers))
    return master, *workers


@pytest.fixture(scope="module")
def master(run):
    return run[0]


@pytest.fixture(scope="module")
def workers(run):
    return run[1:]


def holder(workers):
    (found,) = [worker for worker in workers if "held the loop" in worker.log]
    return found


def test_everyone_knows_its_role(master, workers):
    assert [process.one("init")["role"] for process in (master, *workers)] == [
        "MasterRunner", "WorkerRunner", "WorkerRunner"]
    assert all(process.one("init")["web_ui"] is None for process in (master, *workers))


def test_the_run_begins_and_ends_everywhere_with_the_masters_options(master, workers):
    for process in (master, *workers):
        start = process.one("test_start")
        assert (start["region"], start["retries"]) == ("eu", 3)
        assert start["host"] == "http://nowhere"
        assert process.one("test_stop") and process.one("quitting")


def test_workers_know_their_place(master, workers):
    starts = [worker.one("test_start") for worker in workers]
    assert sorted(start["index"] for start in starts) == [0, 1]
    assert all(start["connected"] for start in starts)
    assert ({start["worker"] for start in starts} ==
            {each["worker"] for each in master.all("worker_connect")})


def test_messages_arrive_as_they_were_sent(master, workers):
    for worker in workers:
        heard = worker.one("all")
        assert heard["same"] and heard["mine"]
        assert worker.one("only")["mine"]
    answers = master.all("answer")
    assert len(answers) == 2 and all(each["same"] and each["known"] for each in answers)
    assert sorted(each["index"] for each in answers) == [0, 1]


def test_messages_that_cannot_be_sent_are_refused_where_they_are_made(master):
    refusals = [(each["kind"], each["text"]) for each in master.all("refused")]
    assert refusals == [
        ("TypeError", "the value at ['a'][1] cannot be sent: it is a set"),
        ("OverflowError", "the value at [0] cannot be sent: it has more than 64 bits"),
        ("TypeError", "the value at ['b'][(1, 2)] cannot be sent: its key is a tuple"),
        ("TypeError", "the value at ['c'] cannot be sent: it is a builtin_function_or_method")]


def test_listeners_that_fail_and_messages_without_one_are_logged(workers):
    for worker in workers:
        assert "Uncaught exception in handler for only" in worker.log
        assert "a listener that fails" in worker.log
        assert "Unknown message type received: nobody listens" in worker.log


def test_reports_carry_what_the_workers_add(master, workers):
    reports = master.all("worker_report")
    indexes = {worker.one("test_start")["worker"]: worker.one("test_start")["index"]
               for worker in workers}
    assert {each["worker"] for each in reports} == set(indexes)
    for each in reports:
        assert each["extra"] == {"index": indexes[each["worker"]], "by": each["worker"]}
        assert LOCUST_KEYS | {"extra"} == set(each["keys"])
    assert sum(each["total"] for each in reports) == master.one("test_stop")["requests"]
    assert [worker.log.count("unsendable") for worker in workers] == [1, 1], "said once"


def test_shapes_tick_on_the_master_only(master, workers):
    assert len(master.all("tick")) >= 5
    assert [worker.all("tick") for worker in workers] == [[], []]


def test_the_master_sees_its_fleet(master):
    fleet = master.all("fleet")[-1]
    assert (fleet["count"], fleet["users"], fleet["told"]) == (2, 5, 5)


def test_a_task_that_holds_the_loop_is_named_and_its_worker_stays(master, workers):
    line = re.search(r"WARNING/\S+: Holder.hold held the loop for ([\d.]+) s", holder(workers).log)
    assert float(line[1]) >= 7
    assert "missing" not in master.log
