"""The numbers of one endpoint, and what can be computed from them."""

from __future__ import annotations

import time
from collections import deque
from typing import Any, Callable, Mapping

# What the engine knows of an endpoint that has seen nothing.
NOTHING: dict[str, Any] = {
    "num_requests": 0, "num_none_requests": 0, "num_failures": 0, "total_response_time": 0.0,
    "min_response_time": None, "max_response_time": 0, "total_content_length": 0, "start_time": 0.0,
    "last_request_timestamp": None, "current_rps": 0.0, "current_fail_per_sec": 0.0,
    "response_times": {}, "num_reqs_per_sec": {}, "num_fail_per_sec": {},
    "percentiles": lambda share: 0}

SERIALIZED = ("name", "method", "last_request_timestamp", "start_time", "num_requests",
              "num_none_requests", "num_failures", "total_response_time", "max_response_time",
              "min_response_time", "total_content_length", "response_times", "num_reqs_per_sec",
              "num_fail_per_sec")

Totals = Mapping[str, Any]  # what _swarm.stats() returns


class StatsEntry:
    """The requests of one method and name, or of all. Times are milliseconds."""

    num_requests: int
    num_none_requests: int
    num_failures: int
    total_response_time: float
    min_response_time: float | None
    max_response_time: float
    total_content_length: int
    start_time: float
    last_request_timestamp: float | None
    current_rps: float
    current_fail_per_sec: float
    response_times: dict[int, int]
    num_reqs_per_sec: dict[int, int]
    num_fail_per_sec: dict[int, int]

    def __init__(self, name: str, method: str, totals: Callable[[], Totals],
                 find: Callable[[Totals], Mapping[str, Any] | None]) -> None:
        self.name = name
        self.method = method
        self._totals = totals
        self._find = find
        self._window: deque[tuple[float, dict[int, int]]] = deque()

    def _numbers(self) -> Mapping[str, Any]:
        return self._find(self._totals()) or NOTHING

    def __getattr__(self, name: str) -> Any:
        if name not in NOTHING:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self._numbers().get(name, NOTHING[name])

    @property
    def fail_ratio(self) -> float:
        numbers = self._numbers()
        if numbers["num_requests"]:
            return numbers["num_failures"] / numbers["num_requests"]
        return 1.0 if numbers["num_failures"] else 0.0

    @property
    def avg_response_time(self) -> float:
        numbers = self._numbers()
        timed = numbers["num_requests"] - numbers.get("num_none_requests", 0)
        return numbers["total_response_time"] / timed if timed else 0.0

    @property
    def median_response_time(self) -> float:
        return self.get_response_time_percentile(0.5)

    @property
    def avg_content_length(self) -> float:
        numbers = self._numbers()
        requests = numbers["num_requests"]
        return numbers["total_content_length"] / requests if requests else 0

    @property
    def total_rps(self) -> float:
        return self._per_second("num_requests")

    @property
    def total_fail_per_sec(self) -> float:
        return self._per_second("num_failures")

    def _per_second(self, what: str) -> float:
        totals = self._totals()
        began, ended = totals["total"]["start_time"], totals["total"]["last_request_timestamp"]
        if not began or not ended or ended <= began:
            return 0.0
        return (self._find(totals) or NOTHING)[what] / (ended - began)

    def get_response_time_percentile(self, percent: float) -> float:
        """Within how many ms that share of the requests ended; 0 without requests."""
        numbers = self._numbers()
        return numbers["percentiles"](percent) if numbers["num_requests"] else 0

    def get_current_response_time_percentile(self, percent: float) -> float | None:
        """The same of the last ten seconds; None if nothing happened in them.

        Counted from the last call that is ten seconds old, or else from the first one.
        """
        from . import stats

        now = time.time()
        latest = dict(self.response_times)
        window = self._window
        if window and any(latest.get(time, 0) < n for time, n in window[-1][1].items()):
            window.clear()  # the statistics were reset
        oldest_wanted = now - stats.CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW
        while len(window) > 1 and window[1][0] <= oldest_wanted:
            window.popleft()
        before = window[0][1] if window else {}
        if not window or now - window[-1][0] >= 1:
            window.append((now, latest))
        new = {time: n - before.get(time, 0) for time, n in latest.items()
               if n > before.get(time, 0)}
        requests = sum(new.values())
        return calculate_response_time_percentile(new, requests, percent) if requests else None

    def serialize(self) -> dict[str, Any]:
        numbers = {**NOTHING, **self._numbers(), "name": self.name, "method": self.method}
        return {key: numbers[key] for key in SERIALIZED}

    def to_dict(self, escape_string_values: bool = False) -> dict[str, Any]:
        from . import stats

        numbers = {**NOTHING, **self._numbers()}
        shares = {f"response_time_percentile_{share}": self.get_response_time_percentile(share)
                  for share in stats.PERCENTILES_TO_STATISTICS}
        return {
            "method": self.method, "name": self.name,
            "num_requests": numbers["num_requests"], "num_failures": numbers["num_failures"],
            "min_response_time": round(numbers["min_response_time"] or 0),
            "max_response_time": round(numbers["max_response_time"] or 0),
            "current_rps": numbers["current_rps"],
            "current_fail_per_sec": numbers["current_fail_per_sec"],
            "avg_response_time": self.avg_response_time,
            "median_response_time": self.median_response_time,
            "total_rps": self.total_rps, "total_fail_per_sec": self.total_fail_per_sec, **shares,
            "avg_content_length": self.avg_content_length}

    def __repr__(self) -> str:
        return f"<StatsEntry {self.method} {self.name}: {self.num_requests} requests>"


def calculate_response_time_percentile(
        response_times: Mapping[int, int], num_requests: int, percent: float) -> int:
    """The value at rank int(num_requests * percent)."""
    rank = int(num_requests * percent)
    above = 0
    for response_time in sorted(response_times, reverse=True):
        above += response_times[response_time]
        if num_requests - above <= rank:
            return response_time
    return 0
