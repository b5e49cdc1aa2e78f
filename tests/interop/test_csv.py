"""Our CSV (tests/golden/csv, which unit tests keep) beside the one that a real Locust's own code
writes of the same samples."""

import subprocess
from pathlib import Path

import pytest
from programs import NEWEST, newest_locust, why_not

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "csv"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    program = newest_locust()
    if reason := why_not(program):
        pytest.skip(f"{NEWEST}: {reason}")
    folder = tmp_path_factory.mktemp("csv")
    python = Path(program.command[0]).parent / "python"
    subprocess.run([python, Path(__file__).with_name("locust_csv.py"), GOLDEN / "samples.json",
                    folder], check=True)
    return folder


@pytest.mark.parametrize("name", ["requests", "exceptions", "history"])
def test_to_the_byte(theirs, name):
    assert (GOLDEN / f"{name}.csv").read_bytes() == (theirs / f"{name}.csv").read_bytes()


def test_failures_to_the_byte_but_for_their_order(theirs):
    """Locust sorts them by a hash."""
    first = b"Method,Name,Error,Occurrences,First Seen,Last Seen\r\n"
    ours, locusts = ((folder / "failures.csv").read_bytes() for folder in (GOLDEN, theirs))
    assert ours.startswith(first) and locusts.startswith(first)
    assert sorted(ours.removeprefix(first).split(b"Z\r\n")) == \
        sorted(locusts.removeprefix(first).split(b"Z\r\n"))
