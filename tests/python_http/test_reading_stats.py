"""environment.stats costs little however often it is read, and is true where that can be seen."""

import re
import subprocess

import pytest
from conftest import HERE, PROGRAM

FILE = str(HERE / "locustfiles" / "reading.py")
LIMIT_S = 60


@pytest.fixture
def read(target):
    def read(user, users, requests):
        run = subprocess.run(
            [str(PROGRAM), "-f", FILE, user, "--headless", "--only-summary", "-H", target.url,
             "-u", users, "-r", "1000", "-n", requests],
            capture_output=True, text=True, timeout=LIMIT_S)
        assert run.returncode == 0, run.stderr
        found = re.search(r"made=(\d+) requests=(\d+) after=(\d+) off=(.*)", run.stdout)
        return [int(found[i]) for i in (1, 2, 3)] + [found[4]]

    return read


def test_reading_in_every_request_makes_few_of_them(read):
    made, requests, after, _ = read("Reader", "20", "20000")
    assert (requests, after) == (20000, 20001)
    assert made < requests / 4


def test_who_reads_seldom_sees_each_request(read):
    made, requests, after, off = read("Seldom", "1", "10")
    assert (requests, after, off) == (10, 11, "[]")
