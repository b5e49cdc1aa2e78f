"""gevent's own tests pass on swarm's loop wherever they pass on libev: the quick ones. All of them:
tests/gevent/run --all."""

import sys

import pytest
import suite


@pytest.fixture(scope="session")
def overlay(build):
    found = suite.find_tests(sys.executable, build / "gevent-tests")
    if found is None:
        pytest.skip("this gevent comes without its tests, and its wheel cannot be fetched")
    return found


@pytest.mark.parametrize("name", suite.read_list("quick.txt"))
def test_file(name, overlay, build):
    failed, outcomes = suite.only_on_swarm(sys.executable, name, overlay, build)
    known = set(suite.read_list("known.txt"))
    assert not {test for test in failed if f"{name} {test}" not in known}, outcomes["swarm"].output


UNITTEST = """
======================================================================
FAIL: test_simple (__main__.TestSleep.test_simple)
----------------------------------------------------------------------
Ran 18 tests in 2.374s

FAILED (failures=1, skipped=3)
"""


@pytest.mark.parametrize("text, code, late, failed", [
    (UNITTEST, 1, False, {"TestSleep.test_simple"}),
    (UNITTEST.replace(".test_simple)", ")"), 1, False, {"TestSleep.test_simple"}),
    ("Ran 2 tests in 1s\n\nOK\n", 0, False, set()),
    ("Traceback: it cannot even be imported", 1, False, {"exit code 1"}),
    ("", -11, False, {"ended by signal 11"}),
    ("Ran 2 tests in 1s\n", 0, True, {"did not end"}),
])
def test_outcomes_are_read(text, code, late, failed):
    assert suite.read_outcome(text, code, late).failed == failed


def test_skipped_tests_are_told_apart():
    assert str(suite.read_outcome(UNITTEST, 1)) == "15 of 18, 1 failed"
