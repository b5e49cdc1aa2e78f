"""Fixtures of the fault tests: a target with a log of its own, and fleets that are cleared away."""

import functools

import pytest
from fault_fleet import Fleet
from support import Target


@pytest.fixture
def target():
    running = Target()
    yield running
    running.stop()


@pytest.fixture
def fleet(target):
    """Starts a fleet; every process of it ends with the test."""
    started = []

    def start(*arguments, **settings):
        started.append(Fleet(target, *arguments, **settings))
        return started[-1]

    yield functools.wraps(Fleet)(start)
    for each in started:
        each.stop()
