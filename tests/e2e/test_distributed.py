"""A master and its workers as processes of their own: what they count together, how they come, go
and fail, and what they say."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading

import pytest
from support import LIMIT_S, run_swarm, swarm_program

SCENARIO = str(pathlib.Path(swarm_program()).parent / "scenarios" / "paths.so")
LOOPBACK = ["--master-bind-host", "127.0.0.1", "--master-bind-port", "0"]


class Process:
    """A running swarm whose stderr is read as it comes."""

    def __init__(self, *options, **variables):
        environment = os.environ | {name: str(value) for name, value in variables.items()}
        self.process = subprocess.Popen(
            [swarm_program(), *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment)
        self.lines = []
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            with self.news:
                self.lines.append(line)
                self.news.notify_all()
        with self.news:
            self.lines.append(None)
            self.news.notify_all()

    @property
    def stderr(self):
        return "".join(line for line in self.lines if line)

    def wait_for(self, pattern, count=1):
        """Until so many lines match; returns the last match."""

        def found():
            matches = [re.search(pattern, line) for line in self.lines if line]
            return [match for match in matches if match]

        with self.news:
            self.news.wait_for(lambda: len(found()) >= count or None in self.lines, LIMIT_S)
            assert len(found()) >= count, f"no {pattern!r} in:\n{self.stderr}"
            return found()[count - 1]

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        """Waits for its end; returns the exit code."""
        try:
            self.stdout = self.process.stdout.read()
            code = self.process.wait(LIMIT_S)
            self.reader.join()
            return code
        finally:
            self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()


class Fleet:
    """A master on a free port, and workers as they are wanted."""

    def __init__(self, target, variables=None):
        self.target = target
        self.variables = {"SWARM_TEST_PATHS": "GET /success"} | (variables or {})
        self.workers = []
        self.master = None

    def start_master(self, *options, scenario=SCENARIO):
        self.master = Process("-f", scenario, "--master", "--headless", *LOOPBACK, "--only-summary",
                              "--json", "-H", self.target.url, *options, **self.variables)
        self.port = self.master.wait_for(r"Listening for workers at 127\.0\.0\.1:(\d+)").group(1)
        return self.master

    def start_worker(self, *options, scenario=SCENARIO):
        own = ["-f", scenario] if scenario else []
        worker = Process(*own, "--worker", "--master-port", self.port, *options, **self.variables)
        self.workers.append(worker)
        return worker

    def start_workers(self, count, **settings):
        for index in range(count):
            self.start_worker("--worker-id", f"w{index}", **settings)

    def end(self, code=0):
        """The whole fleet ends in order; returns the entries of --json."""
        assert self.master.end() == code, self.master.stderr
        for worker in self.workers:
            assert worker.end() == 0, worker.stderr
        self.entries = json.loads(self.master.stdout)
        return self.entries

    def total(self):
        return sum(entry["num_requests"] for entry in self.entries)

    @property
    def interrupted(self):
        found = re.search(r"^Interrupted: (\d+)$", self.master.stderr, re.MULTILINE)
        return int(found.group(1)) if found else 0

    def assert_exact(self):
        assert self.target.requests() == self.total() + self.interrupted, self.master.stderr

    def close(self):
        for process in [self.master, *self.workers]:
            if process:
                process.close()


@pytest.fixture
def fleet(fresh_target):
    running = Fleet(fresh_target)
    yield running
    running.close()


@pytest.mark.sanitized
def test_a_master_and_three_workers_count_every_request(fleet):
    fleet.start_master("--expect-workers", "3", "-u", "30", "-r", "60", "-t", "3s")
    fleet.start_workers(3)
    fleet.end()
    fleet.assert_exact()
    assert fleet.total() > 100
    log = fleet.master.stderr
    assert "All users spawned: {\"Visitor\": 30} (30 total users)" in log
    assert "--run-time limit reached, shutting down" in log
    assert "Shutting down (exit code 0)" in log
    for index in range(3):
        assert re.search(rf"w{index} \(index \d\) reported as ready", log)
    for worker in fleet.workers:
        assert "Shutting down (exit code 0)" in worker.stderr
        assert "Traceback" not in worker.stderr and "Aggregated" not in worker.stderr


def test_a_number_of_requests_is_exact_over_four_workers(fleet):
    fleet.start_master("--expect-workers", "4", "-u", "40", "-r", "1000", "-n", "2003")
    fleet.start_workers(4)
    fleet.end()
    assert fleet.total() == fleet.target.requests() == 2003
    assert fleet.interrupted == 0


def test_failures_decide_the_exit_code_of_the_master_alone(fleet):
    fleet.variables["SWARM_TEST_PATHS"] = "GET /status/500"
    fleet.start_master("-u", "2", "-n", "10", "--exit-code-on-error", "7")
    fleet.start_workers(1)
    fleet.end(code=7)


SHAPE = """
from locust import HttpUser, LoadTestShape, constant, task
class Visitor(HttpUser):
    wait_time = constant(0.01)
    @task
    def visit(self):
        self.client.get("/success")
class UpAndDown(LoadTestShape):
    def tick(self):
        steps = [(30, 50), (6, 50)]
        at = int(self.get_run_time() / 2)
        return steps[at] if at < len(steps) else None
"""


def test_a_shape_leads_the_workers_up_and_down(fleet, tmp_path):
    scenario = tmp_path / "shape.py"
    scenario.write_text(SHAPE)
    fleet.start_master("--expect-workers", "2", scenario=str(scenario))
    fleet.start_workers(2, scenario=None)
    fleet.end()
    fleet.assert_exact()
    spawned = re.findall(r"All users spawned: .*\((\d+) total users\)", fleet.master.stderr)
    assert spawned == ["30", "6"]
    assert "Shape test stopping" in fleet.master.stderr


SHAPE_THAT_TELLS = """
import os
import sys
from locust import HttpUser, LoadTestShape, constant, task
class Visitor(HttpUser):
    wait_time = constant(0.01)
    @task
    def visit(self):
        self.client.get("/success")
class Told(LoadTestShape):
    def tick(self):
        print(f"tick at {self.get_run_time():.3f}", file=sys.stderr, flush=True)
        return None if os.path.exists("ENOUGH") else (4, 50)
"""


def test_the_time_of_a_shape_goes_on_with_another_master(fleet, tmp_path):
    enough, scenario = tmp_path / "enough", tmp_path / "shape.py"
    scenario.write_text(SHAPE_THAT_TELLS.replace("ENOUGH", str(enough)))
    first = fleet.start_master("--expect-workers", "2", scenario=str(scenario))
    fleet.start_workers(2)
    first.wait_for("All users spawned")
    first.wait_for(r"tick at [3-9]")
    first.signal(signal.SIGKILL)
    first.close()
    fleet.start_master("--expect-workers", "2", "--master-bind-port", fleet.port,
                       scenario=str(scenario))
    assert float(fleet.master.wait_for(r"tick at ([\d.]+)").group(1)) > 3
    enough.touch()
    fleet.end()
    fleet.assert_exact()


RUNS = """
from locust import HttpUser, constant, events, task
from locust.runners import MasterRunner
class Visitor(HttpUser):
    wait_time = constant(0.01)
    @task
    def visit(self):
        self.client.get("/success")
runs = []
@events.init.add_listener
def init(environment, **_):
    if not isinstance(environment.runner, MasterRunner):
        return
    @events.spawning_complete.add_listener
    def spawned(**_):
        environment.runner.stop()
    @events.test_stop.add_listener
    def again(**_):
        runs.append(environment.stats.total.num_requests)
        if len(runs) < 3:
            environment.runner.start(4 * (len(runs) + 1), 20)
    @events.quit.add_listener
    def quit(**_):
        print("runs", *runs)
"""


def test_three_runs_in_one_master(fleet, tmp_path):
    scenario = tmp_path / "runs.py"
    scenario.write_text(RUNS)
    fleet.start_master("--expect-workers", "2", "-u", "4", "-r", "20", scenario=str(scenario))
    fleet.start_workers(2, scenario=str(scenario))
    assert fleet.master.end() == 0, fleet.master.stderr
    runs = [int(count) for count in re.search(r"^runs (.*)$", fleet.master.stdout, re.M)[1].split()]
    assert len(runs) == 3 and all(runs), runs
    # Users that are ended interrupt nothing that is not sent: at most one request each.
    sent = fleet.target.requests()
    assert sum(runs) <= sent <= sum(runs) + 4 + 8 + 12


UP_AND_DOWN = """
import _swarm
from locust import HttpUser, events, task
from locust.runners import MasterRunner
class Visitor(HttpUser):
    @task
    def visit(self):
        self.client.get("/delay/100")
runs, spawnings = [], []
@events.init.add_listener
def init(environment, **_):
    if not isinstance(environment.runner, MasterRunner):
        return
    @events.spawning_complete.add_listener
    def spawned(user_count, **_):
        spawnings.append(user_count)
        if user_count == 2000:
            environment.runner.start(150, 1000)
        else:
            environment.runner.stop()
    @events.test_stop.add_listener
    def again(**_):
        totals = _swarm.stats()
        runs.append((totals["total"]["num_requests"], totals["interrupted"],
                     sum(worker["requests"] for worker in totals["workers"])))
        if len(runs) < 3:
            environment.runner.start(2000, 1000)
    @events.quit.add_listener
    def quit(**_):
        print("spawnings", *spawnings)
        for run in runs:
            print("run", *run)
"""


def test_three_runs_of_two_thousand_users_up_and_down_are_exact(fleet, tmp_path):
    scenario = tmp_path / "up_and_down.py"
    scenario.write_text(UP_AND_DOWN)
    fleet.variables |= {"SWARM_TEST_PATHS": "GET /delay/100", "SWARM_TEST_WAIT_MS": "900"}
    fleet.start_master("--expect-workers", "4", "-u", "2000", "-r", "1000", scenario=str(scenario))
    fleet.start_workers(4)  # the same class, in C++: their users are not what is tested here
    assert fleet.master.end() == 0, fleet.master.stderr
    for worker in fleet.workers:
        assert worker.end() == 0, worker.stderr
    told = fleet.master.stdout
    assert re.search(r"^spawnings (.*)$", told, re.M)[1] == "2000 150 2000 150 2000 150"
    runs = [tuple(map(int, run.split())) for run in re.findall(r"^run (.*)$", told, re.M)]
    assert len(runs) == 3
    for requests, interrupted, of_workers in runs:
        assert of_workers == requests > 1000
        assert interrupted > 0  # who is ended in a request
    counted = sum(requests + interrupted for requests, interrupted, _ in runs)
    assert fleet.target.requests() == counted, (runs, fleet.master.stderr)


def test_a_worker_that_comes_late_gets_its_share(fleet):
    fleet.variables["SWARM_TEST_WAIT_MS"] = "10"
    fleet.start_master("-u", "20", "-r", "100", "-t", "4s")
    fleet.start_workers(1)
    fleet.master.wait_for("All users spawned")
    fleet.start_worker("--worker-id", "late")
    fleet.end()
    fleet.assert_exact()
    requests, users = re.search(r"^late +(\d+) +(\d+)", fleet.master.stderr, re.MULTILINE).groups()
    assert int(requests) > 100 and users == "10", fleet.master.stderr


@pytest.mark.sanitized
def test_a_worker_that_is_asked_to_leave_takes_nothing_along(fleet):
    fleet.variables["SWARM_TEST_WAIT_MS"] = "1"
    fleet.start_master("--expect-workers", "2", "-u", "20", "-r", "100")
    fleet.start_workers(2)
    fleet.master.wait_for("All users spawned")
    leaver = fleet.workers[1]
    leaver.signal(signal.SIGTERM)
    assert leaver.end() == 0, leaver.stderr
    fleet.workers.remove(leaver)
    fleet.master.signal(signal.SIGINT)
    fleet.end()
    fleet.assert_exact()
    assert "Exiting due to CTRL+C interruption" in fleet.master.stderr


def test_a_worker_says_whether_a_signal_or_its_master_sent_it_away(fleet):
    fleet.variables |= {"SWARM_TEST_WAIT_MS": "1", "SWARM_EXIT_CODE_ON_LEAVE": "143"}
    fleet.start_master("--expect-workers", "2", "-u", "20", "-r", "100")
    fleet.start_workers(2)
    fleet.master.wait_for("All users spawned")
    leaver, stayer = fleet.workers
    leaver.signal(signal.SIGTERM)
    assert leaver.end() == 143, leaver.stderr
    fleet.workers.remove(leaver)
    fleet.master.signal(signal.SIGINT)
    fleet.end()
    fleet.assert_exact()
    assert stayer.process.returncode == 0, stayer.stderr


def test_the_last_worker_ends_the_run_when_it_goes(fleet):
    fleet.start_master("-u", "5", "-r", "100")
    fleet.start_workers(1)
    fleet.master.wait_for("All users spawned")
    fleet.workers[0].signal(signal.SIGTERM)
    fleet.end()
    fleet.assert_exact()
    assert "The last worker quit, stopping test." in fleet.master.stderr


def test_a_worker_that_is_killed_is_missed_and_the_others_go_on(fleet):
    fleet.start_master("--expect-workers", "2", "-u", "10", "-r", "100")
    fleet.start_workers(2)
    fleet.master.wait_for("All users spawned")
    killed = fleet.workers.pop()
    killed.signal(signal.SIGKILL)
    killed.close()
    fleet.master.wait_for("Worker w1 failed to send heartbeat, setting state to missing")
    fleet.master.signal(signal.SIGTERM)
    fleet.master.wait_for("Waiting for what w1 may still report")
    fleet.master.signal(signal.SIGTERM)
    fleet.end(code=130)
    assert fleet.target.requests() > fleet.total() > 0


def test_the_second_ctrl_c_shows_what_is_known_at_once(fleet):
    fleet.variables["SWARM_TEST_PATHS"] = "GET /delay/30000"
    fleet.start_master("-u", "2", "-r", "100", "-s", "1000")
    fleet.start_workers(1)
    fleet.master.wait_for("All users spawned")
    fleet.master.signal(signal.SIGINT)
    fleet.master.wait_for("Exiting due to CTRL")
    fleet.master.signal(signal.SIGINT)
    assert fleet.master.end() == 130
    assert "Aggregated" in fleet.master.stderr
    fleet.workers[0].signal(signal.SIGINT)
    fleet.workers[0].wait_for("Exiting due to CTRL")
    fleet.workers[0].signal(signal.SIGINT)
    assert fleet.workers[0].end() == 130


def test_expected_workers_that_do_not_come_are_given_up(fleet):
    master = fleet.start_master("--expect-workers", "2", "--expect-workers-max-wait", "1", "-L",
                                "debug")
    fleet.start_workers(1)
    assert master.end() == 1
    assert re.search(r"DEBUG/swarm\.main: Waiting for workers to be ready, \d of 2 connected",
                     master.stderr)
    assert "Gave up waiting for workers to connect" in master.stderr
    assert fleet.workers[0].end() == 0, fleet.workers[0].stderr


def assert_refused(done, code, text):
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == 1 and text in done.stderr, done.stderr


def test_a_port_that_is_taken_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run_swarm("-f", SCENARIO, "--master", "--headless", "--master-bind-host", "127.0.0.1",
                         "--master-bind-port", str(taken.getsockname()[1]), "-H", "http://x")
    assert_refused(done, 1, "another program has the port")


def test_a_process_is_master_or_worker():
    assert_refused(run_swarm("-f", SCENARIO, "--master", "--worker"), 255,
                   "cannot be used together with --worker")
    assert_refused(run_swarm("-f", SCENARIO, "--master", "--expect-workers", "0"), 255,
                   "argument --expect-workers: must be at least 1, not 0")


def test_a_master_that_never_comes_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    done = run_swarm("-f", SCENARIO, "--worker", "--master-port", port, "--master-wait", "1")
    assert done.returncode == 1, done.stderr
    assert port in done.stderr and "giving up" in done.stderr


def test_a_scenario_that_fails_on_a_worker_is_shown_by_the_master(fleet, tmp_path):
    scenario = tmp_path / "broken.py"
    scenario.write_text("raise RuntimeError('no such shop')\n")
    fleet.start_master()
    worker = fleet.start_worker("--worker-id", "broken", scenario=str(scenario))
    assert worker.end() == 1, worker.stderr
    fleet.workers.clear()
    fleet.master.wait_for("broken could not load the scenario")
    fleet.master.wait_for("no such shop")
    fleet.master.signal(signal.SIGTERM)
    assert fleet.master.end() == 0, fleet.master.stderr
