"""Fixtures of the end-to-end tests; see support.py for what they give."""

import pytest
from page import PATHS, SCENARIO, SERVED, WHERE, Page
from processes import Running
from support import Target


@pytest.fixture(scope="module")
def target():
    """A target that the tests of a module share."""
    running = Target()
    yield running
    assert running.stop() == 0


@pytest.fixture
def fresh_target():
    """A target for one test alone, with an exact log."""
    running = Target()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def tls_target():
    running = Target("--tls")
    yield running
    assert running.stop() == 0


@pytest.fixture
def start_target():
    """Starts targets with options of the test's choice, and stops them after it."""
    running = []

    def start(*options):
        running.append(Target(*options))
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def serve(target):
    """Starts a swarm with a web interface; returns the process and its Page."""
    running = []

    def start(*words, base="", **variables):
        process = Running("-f", SCENARIO, *SERVED, "-H", target.url, *words, **PATHS | variables)
        running.append(process)
        return process, Page(int(process.line(WHERE)[1]), base)

    yield start
    for process in running:
        process.kill()


@pytest.fixture(scope="module")
def serve_once(target):
    process = Running("-f", SCENARIO, *SERVED, "-H", target.url, **PATHS)
    yield Page(int(process.line(WHERE)[1]))
    process.kill()
