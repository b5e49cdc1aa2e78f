"""Real locustfiles under swarm: what arrives at the target, and what is reported, is what the newest
Locust did when the expectations were recorded (compare.py --record)."""

import pytest
from cases import CASES
from compare import EXPECTATIONS, against_expectations


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_swarm_does_what_locust_does(case):
    found = against_expectations(case)
    assert not found, "\n" + "\n".join(found)


def test_every_case_has_its_expectation_and_no_other():
    assert {path.stem for path in EXPECTATIONS.iterdir()} == {case.name for case in CASES}
