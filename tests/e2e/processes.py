"""Running programs, as the tests of several processes watch them: by what they say, and whether
they are there."""

import os
import pathlib
import queue
import re
import subprocess
import threading
import time

from support import LIMIT_S, swarm_program

LONG_S = 3 * LIMIT_S
PLAIN = {name: value for name, value in os.environ.items()
         if not name.startswith(("SWARM_", "LOCUST_")) and name != "VIRTUAL_ENV"}


def wait_until(condition, what, limit_s=LONG_S):
    """Asks again and again, for states that nobody tells of."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)


def is_alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


class Running:
    """A running swarm; what it writes to stderr is read as it comes."""

    def __init__(self, *words, cwd=None, stdout=subprocess.PIPE, **variables):
        self.process = subprocess.Popen(
            [swarm_program(), *words], cwd=cwd, env=PLAIN | variables, text=True,
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE)
        self.pid = self.process.pid
        self.said = ""
        self._lines = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            self._lines.put(line)
        self._lines.put(None)

    def lines(self, pattern, count):
        """Waits for so many lines with the pattern, from now on; returns the matches."""
        found = []
        end = time.monotonic() + LONG_S
        while len(found) < count:
            try:
                line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                line = None
            assert line is not None, f"no {pattern!r} in:\n{self.said}"
            self.said += line
            if match := re.search(pattern, line):
                found.append(match)
        return found

    def line(self, pattern):
        return self.lines(pattern, 1)[0]

    def children(self, count):
        """The ids of its workers, as they are told at level DEBUG."""
        started = self.lines(r"Started child worker with pid #(\d+)", count)
        return [int(match[1]) for match in started]

    def send_signal(self, number):
        self.process.send_signal(number)

    def end(self):
        """Waits for its end, and of all who write where it did; returns the exit code."""
        code = self.process.wait(LONG_S)
        self._reader.join(LONG_S)
        while not self._lines.empty():
            self.said += self._lines.get() or ""
        return code

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
