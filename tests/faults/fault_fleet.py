"""A master and its workers, as processes that a test can starve, stop and kill."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "e2e"))

from support import swarm_program  # noqa: E402

SCENARIO = str(pathlib.Path(swarm_program()).parent / "scenarios" / "paths.so")
PATIENCE_S = 60  # for what should take seconds, on a busy machine


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """One of them, with its log in a file."""

    def __init__(self, name, *words, environment=None):
        self.name = name
        folder = tempfile.mkdtemp(prefix="swarm-faults-")
        self.log_file, self.out_file = pathlib.Path(folder, "log"), pathlib.Path(folder, "out")
        with open(self.log_file, "w") as log, open(self.out_file, "w") as out:
            self.process = subprocess.Popen(
                [swarm_program(), *words], stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                env=os.environ | {"SWARM_TEST_PATHS": "GET /success"} | (environment or {}))

    @property
    def log(self):
        return self.log_file.read_text(errors="replace")

    def says(self, pattern, times=1, patience_s=PATIENCE_S):
        """Waits until the log has a line with the pattern."""
        end = time.monotonic() + patience_s
        while len(re.findall(pattern, self.log)) < times:
            assert self.process.poll() is None, f"{self.name} ended: {self.log[-2000:]}"
            assert time.monotonic() < end, f"{self.name} never said {pattern!r}: {self.log[-2000:]}"
            time.sleep(0.05)

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, patience_s=PATIENCE_S):
        return self.process.wait(patience_s)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Fleet:
    """`wire`: the port that workers connect to, if it is not the master's own."""

    def __init__(self, target, users, workers, *options, rate=1000, wire=None, wait_ms=2):
        self.port = free_port()
        self.target = target
        self.processes = []
        self._master_options = [
            "--master", "--headless", "--only-summary", "--json", "-f", SCENARIO,
            "--master-bind-host", "127.0.0.1", "--master-bind-port", str(self.port),
            "--expect-workers", str(workers), "-u", str(users), "-r", str(rate), "-H", target.url,
            "-s", "2", *options]
        self._environment = {"SWARM_TEST_WAIT_MS": str(wait_ms)}
        self.master = self.start_master()
        self.wire = wire(self.port) if wire else None
        self.workers = [self.start_worker(f"w{index}") for index in range(workers)]

    def start_master(self):
        return self._start("master", *self._master_options)

    def start_worker(self, worker_id, port=None, *options):
        at = port or (self.wire.port if self.wire else self.port)
        return self._start(worker_id, "--worker", "-f", SCENARIO, "--master-host", "127.0.0.1",
                           "--master-port", str(at), "--worker-id", worker_id, *options)

    def _start(self, name, *words):
        self.processes.append(Process(name, *words, environment=self._environment))
        return self.processes[-1]

    def replace_master(self):
        self.master.signal(signal.SIGKILL)
        self.master.wait()
        self.master = self.start_master()

    def end(self):
        """Ends the run in order; returns the requests that the master counted, and the interrupted."""
        self.master.signal(signal.SIGTERM)
        return self.result()

    def result(self):
        """Waits for the end of the run; what it counted, see end()."""
        self.master.wait(2 * PATIENCE_S)
        entries = json.loads(self.master.out_file.read_text())
        found = re.search(r"^Interrupted: (\d+)$", self.master.log, re.MULTILINE)
        return sum(e["num_requests"] for e in entries), int(found[1]) if found else 0

    def assert_exact(self):
        """What the target saw is what the master counted, to the request."""
        requests, interrupted = self.end()
        seen = self.target.log()["requests"]
        assert seen == requests + interrupted, (
            f"target {seen}, counted {requests} + {interrupted}\n{self.master.log[-3000:]}")
        return requests

    def stop(self):
        for each in self.processes:
            each.stop()
        if self.wire:
            self.wire.stop()
