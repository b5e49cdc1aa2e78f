"""What a run counts: the target's log = requests + interrupted, however requests end."""

import json
import os
import re
import subprocess

import pytest
from conftest import HERE, PROGRAM
from support import Target

FILE = str(HERE / "locustfiles" / "everything.py")
LIMIT_S = 60


class Run:
    def __init__(self, target, place, *options, user="Http"):
        done = subprocess.run(
            [str(PROGRAM), "-f", FILE, user, "--headless", "--only-summary", "--json", "-H",
             target.url, "-u", "10", "-r", "1000", *options],
            capture_output=True, text=True, timeout=LIMIT_S, env={**os.environ, "PLACE": place})
        self.code, self.stderr = done.returncode, done.stderr
        self.entries = {entry["name"]: entry for entry in json.loads(done.stdout)}

    def requests(self, name=None):
        return sum(entry["num_requests"] for entry in self.entries.values()
                   if name in (None, entry["name"]))

    def failures(self, name):
        return self.entries[name]["num_failures"]

    @property
    def interrupted(self):
        found = re.search(r"^Interrupted: (\d+)$", self.stderr, re.MULTILINE)
        return int(found[1]) if found else 0


@pytest.fixture
def fresh():
    running = Target()
    yield running
    running.stop()


users = pytest.mark.parametrize("user", ["Http", "Fast"])


@users
@pytest.mark.parametrize("place", ["plain", "slow", "timeouts", "raising", "forgotten", "failing",
                                   "renamed", "streamed", "abandoned"])
def test_the_log_is_requests_and_interrupted(fresh, place, user):
    run = Run(fresh, place, "-t", "1s", user=user)
    log = fresh.log()["requests"]
    assert log == run.requests() + run.interrupted, run.stderr
    assert log > 20


@users
@pytest.mark.parametrize("place", ["plain", "raising", "failing", "redirected", "refused"])
def test_a_number_of_requests_is_kept_exactly(fresh, place, user):
    options = ("-n", "300") if place != "raising" else ("-t", "1s")
    run = Run(fresh, place, *options, user=user)
    assert run.requests() == (300 if place != "raising" else 0)


@users
def test_a_redirected_request_is_one_sample(fresh, user):
    run = Run(fresh, "redirected", "-n", "50", user=user)
    assert run.requests("redirected") == 50
    assert fresh.log()["requests"] == 150


@users
def test_an_exception_in_the_block_is_no_sample(fresh, user):
    run = Run(fresh, "raising", "-t", "1s", user=user)
    assert run.requests() == 0
    assert run.interrupted == fresh.log()["requests"]
    assert "ValueError" in run.stderr


@users
def test_a_verdict_is_a_failure_in_its_words(fresh, user):
    run = Run(fresh, "failing", "-n", "20", user=user)
    assert run.failures("failing") == 20
    assert "GET failing: never good" in run.stderr or "CatchResponseError('never good')" in run.stderr


@users
def test_request_meta_decides_about_name_and_length(fresh, user):
    run = Run(fresh, "renamed", "-n", "20", user=user)
    assert list(run.entries) == ["renamed"]
    assert run.entries["renamed"]["total_content_length"] == 7 * 20


@users
def test_a_refused_connection_is_the_targets_failure(fresh, user):
    run = Run(fresh, "refused", "-n", "20", user=user)
    assert run.failures("refused") == 20
    assert "ConnectionRefusedError(111, 'Connection refused')" in run.stderr
    assert fresh.log()["requests"] == 0
