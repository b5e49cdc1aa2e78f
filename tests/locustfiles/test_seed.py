"""The first locustfile that swarm was made for, word for word, and the commands of its tutorial: it was
written in 2016 for Locust 0.7.3, and no Locust since 1.0 can run it."""

import json
import re
import shutil
import subprocess
from collections import defaultdict

import pytest
from app import App
from programs import HERE, swarm, table
from server import Server

LIMIT_S = 60
CLIENTS, REQUESTS = 50, 200
RATIO = {"ApiClient": {"ratio": 1.0, "tasks": {"get_a_random_response": {"ratio": 1 / 3},
                                               "get_a_success_response": {"ratio": 2 / 3}}}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """As in the tutorial: a folder with a locustfile.py."""
    place = tmp_path_factory.mktemp("locust")
    shutil.copy(HERE / "seed_locustfile.py", place / "locustfile.py")
    return place


@pytest.fixture(scope="module")
def run(folder):
    """The tutorial's command with more clients and fewer requests, about twelve seconds; and the log of
    its target."""
    with Server(App().respond) as server:
        done = subprocess.run(
            [*swarm().command, "--no-web", f"--host={server.host}", f"--clients={CLIENTS}",
             "--hatch-rate=100", f"--num-requests={REQUESTS}"],
            cwd=folder, capture_output=True, text=True, timeout=LIMIT_S)
    return done, server.log


def test_it_sends_exactly_that_many_requests(run):
    done, log = run
    assert len(log) == REQUESTS
    assert sum(requests for requests, _ in table(done.stderr).values()) == REQUESTS
    assert "Interrupted" not in done.stderr


def test_it_sends_two_successes_for_a_random_status(run):
    done, log = run
    rows = table(done.stderr)
    assert set(rows) == {"GET A Random HTTP Status", "GET A 200 Status"}
    assert rows["GET A 200 Status"][0] == sum(request.target == "/success" for request in log)
    # 2/3 of 200, and five standard deviations around it.
    assert 0.5 < rows["GET A 200 Status"][0] / REQUESTS < 0.84
    assert {request.header("accept") for request in log} == {"application/json"}


def test_failures_are_those_of_the_target(run):
    done, log = run
    failed = sum(request.status >= 400 for request in log)
    rows = table(done.stderr)
    assert rows["GET A Random HTTP Status"][1] == failed > 0
    assert rows["GET A 200 Status"][1] == 0
    assert done.returncode == 1


def test_users_wait_one_to_five_seconds(run):
    _, log = run
    times = defaultdict(list)
    for request in log:
        times[request.connection].append(request.at)
    assert len(times) == CLIENTS  # each user has a connection, and keeps it
    pauses = [after - before for each in times.values() for before, after in zip(each, each[1:])]
    assert min(pauses) >= 1.0
    assert max(pauses) < 5.0 + 1.0  # a busy machine adds to them
    # Only of the first pauses of all users is none cut off by the end; five standard deviations.
    first = [each[1] - each[0] for each in times.values() if len(each) > 1]
    assert len(first) == CLIENTS
    assert 2.2 < sum(first) / CLIENTS < 3.8


def test_it_says_what_the_tutorial_shows(run):
    done, _ = run
    for text in (r"INFO/swarm\.main: Starting swarm \S+",
                 rf"Ramping to {CLIENTS} users at a rate of 100\.00 per second",
                 rf'All users spawned: {{"ApiClient": {CLIENTS}}} \({CLIENTS} total users\)',
                 r"Shutting down \(exit code 1\)"):
        assert re.search(text, done.stderr), text
    # Four requests each, with three pauses of three seconds between them.
    expected = re.search(rf"Number of requests limited to {REQUESTS}, .* about (\d+) s", done.stderr)
    assert 8 <= int(expected[1]) <= 11


def test_the_task_ratio_is_all_that_is_printed(folder):
    done = subprocess.run([*swarm().command, "--show-task-ratio-json"], cwd=folder, text=True,
                          timeout=LIMIT_S, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert json.loads(done.stdout) == {"per_class": RATIO, "total": RATIO}
    assert done.returncode == 0
