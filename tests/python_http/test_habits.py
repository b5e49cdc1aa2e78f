"""What is sent and reported equals what Locust sends and reports, call by call.

golden/locust-2.47.jsonl was written by habits.py under Locust 2.47.0. What is done otherwise on
purpose is in golden/deviations.jsonl, with its reason.
"""

import json
import os
import subprocess
import sys

import pytest
from conftest import HERE, PROGRAM


def lines_of(text):
    return {line["call"]: line for line in map(json.loads, text.splitlines())}


def plain(line):
    """Names of headers in one case: HTTP does not tell them apart."""
    line = {name: value for name, value in line.items() if name != "why"}
    requests = []
    for request in line["sent"]:
        head, _, body = request.partition("\n\n")
        first, *fields = head.split("\n")
        pairs = (field.split(":", 1) for field in fields)
        fields = sorted(f"{name.lower()}:{value}" for name, value in pairs)
        requests.append("\n".join([first, *fields, "", body]))
    return {**line, "sent": requests}


LOCUST = lines_of((HERE / "golden" / "locust-2.47.jsonl").read_text())
DEVIATIONS = lines_of((HERE / "golden" / "deviations.jsonl").read_text())


@pytest.fixture(scope="module")
def ours():
    run = subprocess.run(
        [sys.executable, str(HERE / "habits.py")], capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(PROGRAM.parent / "python")})
    assert run.returncode == 0, run.stderr
    return lines_of(run.stdout)


@pytest.mark.parametrize("call", LOCUST)
def test_as_locust(call, ours):
    expected = DEVIATIONS.get(call) or LOCUST[call]
    assert plain(ours[call]) == plain(expected)


def test_nothing_else_is_called(ours):
    assert ours.keys() == LOCUST.keys()


@pytest.mark.parametrize("call", DEVIATIONS)
def test_a_deviation_is_one_and_says_why(call):
    assert plain(DEVIATIONS[call]) != plain(LOCUST[call])
    assert DEVIATIONS[call]["why"]
