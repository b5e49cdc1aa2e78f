"""Nothing lost, nothing counted twice: the target's log = requests + interrupted, to the request."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest
from support import LIMIT_S, swarm_program

SCENARIO = str(pathlib.Path(swarm_program()).parent / "scenarios" / "paths.so")


class Run:
    """A headless run of the paths scenario, to its end."""

    def __init__(self, target, *options, paths="GET /success", during=None, **settings):
        environment = os.environ | {"SWARM_TEST_PATHS": paths}
        environment |= {f"SWARM_TEST_{name.upper()}": str(value) for name, value in settings.items()}
        process = subprocess.Popen(
            [swarm_program(), "-f", SCENARIO, "--headless", "--only-summary", "--json",
             "-H", target.url, "-r", "1000", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        if during:
            during(process)
        self.stdout, self.stderr = process.communicate(timeout=3 * LIMIT_S)
        self.code = process.returncode
        self.entries = json.loads(self.stdout)

    def total(self, key="num_requests"):
        return sum(entry[key] for entry in self.entries)

    def count(self, name, key="num_requests"):
        return sum(entry[key] for entry in self.entries if entry["name"] == name)

    @property
    def interrupted(self):
        found = re.search(r"^Interrupted: (\d+)$", self.stderr, re.MULTILINE)
        return int(found.group(1)) if found else 0


def assert_exact(run, log):
    assert log["requests"] == run.total() + run.interrupted, run.stderr


@pytest.mark.sanitized
@pytest.mark.parametrize("paths", [
    "GET /success",
    "GET /close",
    "GET /stream/3",
    "POST /echo;GET /gzip;HEAD /bytes/1000;GET /status/204",
    "GET /success;GET /drop;GET /half/100;GET /garbage;GET /status/500",
    "GET /bytes/100000;GET /delay/5",
], ids=lambda paths: paths.replace("GET /", "").replace(";", "+"))
def test_the_log_is_requests_and_interrupted(fresh_target, paths):
    run = Run(fresh_target, "-u", "20", "-t", "2s", paths=paths)
    log = fresh_target.log()
    assert_exact(run, log)
    for path, count in log["paths"].items():
        assert 0 <= count - run.count(path) <= run.interrupted
    assert run.total() > 100


@pytest.mark.sanitized
def test_over_tls(tls_target):
    tls_target.log(reset=True)
    run = Run(tls_target, "-u", "10", "-t", "2s", "--insecure", paths="GET /success;GET /close")
    assert_exact(run, tls_target.log())
    assert run.total("num_failures") == 0


def test_a_certificate_that_is_not_trusted_fails_by_name(tls_target):
    run = Run(tls_target, "-u", "2", "-n", "10")
    assert run.total("num_failures") == 10
    assert "TLS" in run.stderr and "self-signed certificate" in run.stderr


@pytest.mark.sanitized
def test_a_number_of_requests_is_that_number(fresh_target):
    run = Run(fresh_target, "-u", "50", "-n", "1000")
    assert run.total() == 1000
    assert run.interrupted == 0
    assert fresh_target.requests() == 1000
    assert run.code == 0


def test_fewer_requests_than_users(fresh_target):
    run = Run(fresh_target, "-u", "100", "-n", "7")
    assert run.total() == 7 and fresh_target.requests() == 7


def test_redirects_are_one_sample_and_several_requests(fresh_target):
    run = Run(fresh_target, "-u", "10", "-n", "300", paths="GET /redirect/2;GET /success")
    log = fresh_target.log()["paths"]
    assert run.total() == 300 and run.total("num_failures") == 0
    assert log["/redirect/2"] == log["/redirect/1"] == log["/redirect/0"] == run.count("/redirect/2")
    assert log["/success"] == run.count("/success")


@pytest.mark.sanitized
def test_timeouts_are_failures_that_the_target_saw(fresh_target):
    run = Run(fresh_target, "-u", "10", "-t", "2s", paths="GET /delay/600;GET /success", timeout_ms=100)
    assert_exact(run, fresh_target.log())
    assert run.count("/delay/600", "num_failures") == run.count("/delay/600") > 0
    assert run.count("/success", "num_failures") == 0
    assert "timed out" in run.stderr
    assert run.code == 1


def interrupt(after_s, signals=1):
    def during(process):
        time.sleep(after_s)
        for _ in range(signals):
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
    return during


@pytest.mark.sanitized
@pytest.mark.parametrize("after_s", [0.5, 1.3, 2.6])
def test_ctrl_c_loses_nothing(fresh_target, after_s):
    run = Run(fresh_target, "-u", "30", paths="GET /success;GET /delay/20", during=interrupt(after_s))
    assert_exact(run, fresh_target.log())
    assert "Aggregated" in run.stderr
    assert run.code == 0


def test_a_second_ctrl_c_ends_at_once_with_the_tables(fresh_target):
    run = Run(fresh_target, "-u", "5", "-s", "60", paths="GET /delay/30000",
              during=interrupt(1.5, signals=2))
    assert run.code == 130
    assert "Aggregated" in run.stderr


@pytest.mark.sanitized
def test_a_grace_time_interrupts_nobody_who_ends_within_it(fresh_target):
    run = Run(fresh_target, "-u", "20", "-t", "1s", "-s", "10", paths="GET /delay/50")
    assert run.interrupted == 0
    assert fresh_target.requests() == run.total()


def test_a_refusing_target_is_counted_and_the_run_goes_on(start_target):
    target = start_target()
    target.stop()
    run = Run(target, "-u", "5", "-t", "1s", wait_ms=10)
    assert run.total("num_failures") == run.total() > 0
    assert "connection refused" in run.stderr
    assert run.code == 1


def test_an_unknown_name_is_counted_and_the_run_goes_on():
    class Nowhere:
        url = "http://no-such-host.invalid"
    run = Run(Nowhere, "-u", "2", "-n", "4", wait_ms=10)
    assert run.total("num_failures") == run.total() == 4
    assert "host name not resolved" in run.stderr


def test_running_out_of_descriptors_is_the_generators_error(fresh_target):
    limited = ["/bin/sh", "-c", 'ulimit -n 40; exec "$0" "$@"', swarm_program()]
    process = subprocess.run(
        [*limited, "-f", SCENARIO, "--headless", "--only-summary", "--json", "-H", fresh_target.url,
         "-u", "60", "-r", "1000", "-t", "2s"],
        capture_output=True, text=True, timeout=LIMIT_S,
        env=os.environ | {"SWARM_TEST_PATHS": "GET /success", "SWARM_TEST_WAIT_MS": "10"})
    entries = json.loads(process.stdout)
    assert sum(entry["num_failures"] for entry in entries) == 0
    assert "out of file descriptors" in process.stderr
    assert "SUSPECT" in process.stderr
    interrupted = re.search(r"Interrupted: (\d+)", process.stderr)
    total = sum(entry["num_requests"] for entry in entries)
    assert fresh_target.requests() == total + (int(interrupted.group(1)) if interrupted else 0)
