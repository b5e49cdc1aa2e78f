"""--processes, and the token that processes join with."""

import os
import pathlib
import re
import signal
import socket

import pytest
from processes import Running, is_alive, wait_until
from support import run_swarm

FOREVER = ["-u", "6", "-r", "100", "-t", "10m"]
SHOP = """
from locust import HttpUser, task, constant
class Shopper(HttpUser):
    wait_time = constant(0.01)
    @task
    def look(self):
        self.client.get("/success")
"""


@pytest.fixture
def start(tmp_path):
    """start(*words): a running swarm, in a folder with a locustfile.py."""
    (tmp_path / "locustfile.py").write_text(SHOP)
    running = []

    def start(*words, **variables):
        running.append(Running(*words, cwd=tmp_path, **variables))
        return running[-1]

    yield start
    for each in running:
        each.kill()


@pytest.fixture
def parent(start, target):
    """parent(*words): a master with workers of its own."""
    return lambda *words, **variables: start(
        "--headless", "-H", target.url, "-L", "DEBUG", *words, **variables)


@pytest.fixture
def master_port(start):
    """A master, and the port where it waits for workers."""
    master = start("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", "0",
                   "--headless", "-H", "http://127.0.0.1:1")
    return master, master.line(r"Listening for workers at .*:(\d+)")[1]


def all_gone(children):
    wait_until(lambda: not any(map(is_alive, children)), f"the end of {children}")


def test_three_processes_make_exactly_so_many_requests(parent, fresh_target):
    swarm = parent("--processes", "3", "-H", fresh_target.url, "-u", "6", "-r", "100", "-n", "301")
    children = swarm.children(3)
    assert swarm.end() == 0, swarm.said
    assert fresh_target.requests() == 301
    assert not any(map(is_alive, children))


def test_one_process_for_each_core(parent):
    swarm = parent("--processes", "-1", "-u", "4", "-r", "100", "-n", "40")
    swarm.children(len(os.sched_getaffinity(0)))
    assert swarm.end() == 0, swarm.said


def test_children_end_with_a_parent_that_is_killed(parent):
    swarm = parent("--processes", "2", *FOREVER)
    children = swarm.children(2)
    swarm.line("All users spawned")
    swarm.send_signal(signal.SIGKILL)
    all_gone(children)


def test_a_parent_that_is_asked_to_ends_with_its_children(parent, fresh_target):
    swarm = parent("--processes", "2", "-H", fresh_target.url, *FOREVER)
    children = swarm.children(2)
    swarm.line("All users spawned")
    swarm.send_signal(signal.SIGTERM)
    assert swarm.end() == 0, swarm.said
    assert not any(map(is_alive, children))
    requests = int(re.search(r"^\s*Aggregated +(\d+) ", swarm.said, re.MULTILINE)[1])
    found = re.search(r"^Interrupted: (\d+)$", swarm.said, re.MULTILINE)
    assert fresh_target.requests() == requests + (int(found[1]) if found else 0)


def test_a_child_that_crashes_is_named_and_counts(parent):
    swarm = parent("--processes", "2", *FOREVER)
    children = swarm.children(2)
    swarm.line("All users spawned")
    os.kill(children[0], signal.SIGKILL)
    swarm.line(rf"ERROR.*Child worker with pid #{children[0]} was killed by signal 9")
    assert is_alive(children[1])
    swarm.send_signal(signal.SIGTERM)
    assert swarm.end() == 128 + signal.SIGKILL, swarm.said


def test_a_run_ends_when_the_last_child_is_lost(parent):
    swarm = parent("--processes", "1", *FOREVER)
    (child,) = swarm.children(1)
    swarm.line("All users spawned")
    os.kill(child, signal.SIGKILL)
    swarm.line("The last worker quit, stopping test")
    assert swarm.end() == 128 + signal.SIGKILL, swarm.said


def test_a_run_is_not_waited_for_without_workers(parent, tmp_path):
    (tmp_path / "locustfile.py").write_text(
        "import sys\nassert '--worker' not in sys.argv, 'only here'\n" + SHOP)
    swarm = parent("--processes", "2", *FOREVER)
    swarm.lines("ERROR.*could not load the scenario", 2)
    swarm.line("All workers of this process are gone")
    assert swarm.end() == 1, swarm.said


def test_what_is_wrong_is_said_once(parent, tmp_path):
    swarm = parent("--processes", "3", "--teapot")
    assert swarm.end() == 2
    assert swarm.said.count("\n") == 1 and "unrecognized arguments: '--teapot'" in swarm.said

    (tmp_path / "locustfile.py").write_text("import teapot")
    swarm = parent("--processes", "3")
    assert swarm.end() == 1
    assert swarm.said.count("No module named 'teapot'") == 1


def test_a_list_needs_no_workers(parent):
    swarm = parent("--processes", "3", "--list")
    assert swarm.end() == 0
    assert "Started child" not in swarm.said


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


def test_a_port_in_use_is_refused_if_it_is_given(parent, taken_port):
    swarm = parent("--processes", "2", "--master-bind-port", taken_port, *FOREVER)
    assert swarm.end() == 1
    assert f"cannot listen on 127.0.0.1:{taken_port}: Address already in use" in swarm.said
    assert "Started child" not in swarm.said


def test_another_port_is_taken_if_none_is_given(parent):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", 5557))
            listener.listen()
        except OSError:
            pass  # somebody else has it: so much the better
        swarm = parent("--processes", "2", "-u", "4", "-r", "100", "-n", "40")
        swarm.line("127.0.0.1:5557: Address already in use; taking another port")
        assert swarm.end() == 0, swarm.said


# Workers alone.

def test_a_parent_of_workers_passes_signals_on(start, master_port, tmp_path):
    master, port = master_port
    workers = start("--worker", "--processes", "2", "--master-port", port, "--worker-id", "here")
    workers.lines("Starting swarm", 2)
    workers.send_signal(signal.SIGTERM)
    assert workers.end() == 0, workers.said
    assert workers.said.count("Got SIGTERM signal") == 2


def test_a_parent_of_workers_takes_them_with_it(start, master_port):
    master, port = master_port
    workers = start("--worker", "--processes", "2", "--master-port", port)
    workers.lines("Starting swarm", 2)
    listed = pathlib.Path(f"/proc/{workers.pid}/task/{workers.pid}/children").read_text()
    children = [int(pid) for pid in listed.split()]
    assert len(children) == 2
    workers.send_signal(signal.SIGKILL)
    all_gone(children)


def test_the_largest_exit_code_of_the_workers_counts(start, tmp_path):
    (tmp_path / "locustfile.py").write_text("import teapot")
    workers = start("--worker", "--processes", "2", "-f", "locustfile.py", "--master-port", "1")
    assert workers.end() == 1
    assert workers.said.count("ended with exit code 1") == 2


# Tokens.

def test_a_new_token_is_alone_on_its_line():
    done = run_swarm("token")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"swarm-[A-Za-z0-9-]{20,}\n", done.stdout)
    assert run_swarm("token").stdout != done.stdout
    assert "Usage: swarm token" in run_swarm("token", "--help").stdout


@pytest.mark.parametrize("role", ["--master", "--worker"])
def test_a_file_without_a_token_is_refused_in_one_line(start, tmp_path, role):
    file = tmp_path / "token"

    def refusal():
        swarm = start(role, "--headless", "--join-token-file", str(file))
        assert swarm.end() == 2
        assert swarm.said.startswith("swarm: error: argument --join-token-file: ")
        assert swarm.said.count("\n") == 1
        return swarm.said

    assert "there is no" in refusal()
    file.write_text("")
    assert "is empty" in refusal()
    file.write_text("correct-horse")
    assert "correct-horse" not in refusal()


def test_a_run_with_a_token(start, fresh_target, tmp_path):
    file = tmp_path / "token"
    token = run_swarm("token").stdout
    file.write_text(token)
    file.chmod(0o644)
    master = start("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", "0",
                   "--headless", "-H", fresh_target.url, "-u", "4", "-n", "50",
                   "--join-token-file", str(file))
    master.line("WARNING.*Everybody on this machine can read the token: chmod 600")
    port = master.line(r"Listening for workers at .*:(\d+)")[1]
    worker = start("--worker", "--master-port", port, SWARM_JOIN_TOKEN=token)
    assert (master.end(), worker.end()) == (0, 0), master.said + worker.said
    assert fresh_target.requests() == 50
    assert token.strip() not in master.said + worker.said


def test_a_worker_with_another_token_is_told(start, tmp_path):
    master = start("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", "0",
                   "--headless", "-H", "http://127.0.0.1:1",
                   SWARM_JOIN_TOKEN=run_swarm("token").stdout)
    port = master.line(r"Listening for workers at .*:(\d+)")[1]
    worker = start("--worker", "--master-port", port, "--master-wait", "2s",
                   SWARM_JOIN_TOKEN=run_swarm("token").stdout)
    assert worker.end() == 1
    assert "token" in worker.said
