"""The package `locust` against an engine that is not there: no build, no network, no waiting."""

import logging
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "worker" / "python"))

import fake_swarm  # noqa: E402

reset = fake_swarm.install()

import locust  # noqa: E402
from locust import log  # noqa: E402

HOOKS = [hook for hook in vars(locust.events).values() if hasattr(hook, "_handlers")]


@pytest.fixture(autouse=True)
def engine():
    """A fresh fake engine; listeners that a test added are gone after it."""
    listeners = [list(hook._handlers) for hook in HOOKS]
    log.unhandled_greenlet_exception = False
    yield reset()
    for hook, before in zip(HOOKS, listeners):
        hook._handlers[:] = before
    locust.events.request.listeners_changed()


@pytest.fixture
def fresh_process():
    """What a file leaves behind that is loaded (modules, paths, handlers) is gone after the test."""
    modules, paths = dict(sys.modules), list(sys.path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for name in sys.modules.keys() - modules.keys():
        del sys.modules[name]
    sys.path[:] = paths
    root.handlers[:], root.level = handlers, level
