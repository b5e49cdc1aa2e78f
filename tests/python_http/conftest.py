"""The HTTP client as Python sees it: the real extension against real servers on loopback.

The tests run inside the interpreter whose extension they test: that of the program under test
($SWARM_BIN, or the release build), without a run unless they start one.
"""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PROGRAM = pathlib.Path(
    os.environ.get("SWARM_BIN", REPOSITORY / "build" / "release" / "swarm")).absolute()
sys.path[:0] = [str(PROGRAM.parent / "python"), str(HERE), str(REPOSITORY / "tests" / "e2e")]

import locust  # noqa: E402, F401  first: it patches the standard library
from locust.clients import HttpSession  # noqa: E402
from locust.contrib.fasthttp import FastHttpSession  # noqa: E402
from locust.event import EventHook  # noqa: E402
from scripted_server import ScriptedServer  # noqa: E402
from support import Target  # noqa: E402


@pytest.fixture(scope="session")
def target():
    running = Target()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def tls_target():
    running = Target("--tls")
    yield running
    assert running.stop() == 0


@pytest.fixture
def server():
    running = ScriptedServer()
    yield running
    running.close()


@pytest.fixture
def reported():
    """What the sessions of the test have reported, by the hook that they were made with."""
    return []


@pytest.fixture
def hook(reported):
    made = EventHook()
    made.add_listener(lambda **sample: reported.append(sample))
    return made


@pytest.fixture
def client(server, hook):
    return HttpSession(server.url, hook, None)


@pytest.fixture
def fast(server, hook):
    return FastHttpSession(server.url, hook, None)
