"""Locustfiles in virtual environments that are not Debian's packages: one with the newest gevent, and
one that also holds the real Locust. tests/peers has made both; without them, skipped."""

import re
import subprocess
from pathlib import Path

import pytest
from support import Target, swarm_program

ROOT = Path(__file__).resolve().parents[2]
OURS = Path(swarm_program()).resolve().parent / "python"
PINNED = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "tests/peers.txt").read_text(), re.MULTILINE))
REQUESTS = 20

FILE = """
import sys

import gevent
import locust
from locust import HttpUser, events, task


class Visitor(HttpUser):
    @task
    def look(self):
        self.client.get("/success", name="look")


@events.test_stop.add_listener
def tell(environment, **_):
    print("prefix", sys.prefix)
    print("gevent", gevent.__version__, type(gevent.get_hub().loop).__module__)
    print("locust", locust.__file__)
    print("requests", environment.stats.total.num_requests, environment.stats.total.num_failures)
"""


@pytest.fixture(scope="module")
def target():
    running = Target()
    yield running
    assert running.stop() == 0


@pytest.fixture
def run(target, tmp_path):
    def run(environment):
        folder = ROOT / "build/peers" / environment
        if not (folder / "installed.txt").exists():
            pytest.skip(f"{environment} is not installed: tests/peers could not")
        file = tmp_path / "file.py"
        file.write_text(FILE)
        done = subprocess.run(
            [swarm_program(), "-f", str(file), "--headless", "--only-summary", "-u", "2", "-r", "2",
             "-n", str(REQUESTS), "-H", target.url],
            env={"PATH": "/usr/bin:/bin", "VIRTUAL_ENV": str(folder)}, capture_output=True, text=True,
            timeout=60)
        assert done.returncode == 0, done.stderr
        return dict(line.split(" ", 1) for line in done.stdout.splitlines()), folder

    return run


@pytest.mark.parametrize("package", ["gevent", "locust"])
def test_a_file_runs_there_with_the_newest_gevent_and_our_package(run, package):
    told, folder = run(f"{package}-{PINNED[package]}")
    assert told["prefix"] == str(folder)
    assert told["gevent"] == f"{PINNED['gevent']} _swarm_gevent"
    assert Path(told["locust"]).resolve() == (OURS / "locust/__init__.py").resolve()
    assert told["requests"] == f"{REQUESTS} 0"


def test_the_real_locust_would_be_another_one(run):
    _, folder = run(f"locust-{PINNED['locust']}")
    found = subprocess.run([folder / "bin/python", "-c", "import locust; print(locust.__file__)"],
                           capture_output=True, text=True, timeout=60).stdout
    assert found.startswith(str(folder))
