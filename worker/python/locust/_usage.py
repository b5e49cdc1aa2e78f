"""How much processor and memory this process uses."""

from __future__ import annotations

import os
import resource
import time

PAGE = os.sysconf("SC_PAGE_SIZE")


class Usage:
    def __init__(self) -> None:
        self._at = time.perf_counter()
        self._cpu_s = cpu_seconds()

    def cpu_percent(self) -> float:
        """Of one core, since the last call."""
        at, cpu_s = time.perf_counter(), cpu_seconds()
        wall_s = at - self._at
        percent = 100 * (cpu_s - self._cpu_s) / wall_s if wall_s > 0 else 0.0
        self._at, self._cpu_s = at, cpu_s
        return percent


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident_bytes() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * PAGE
