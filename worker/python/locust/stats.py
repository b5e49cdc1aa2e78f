"""What has been measured so far, as Locust's objects show it.

The numbers are kept by the engine; nothing here stores any. Reading an attribute asks for the
present totals; `entries.values()` and `entries.items()` are of one moment.
"""

from __future__ import annotations

import ast
import hashlib
import re
from typing import Any, Iterator, Mapping

import _swarm

from ._missing import attributes_of, error as missing
from ._stats_entry import StatsEntry as StatsEntry
from ._stats_entry import calculate_response_time_percentile as calculate_response_time_percentile

__getattr__ = attributes_of(__name__)

ADDRESS = re.compile(r"object at 0x[0-9a-f]+")

# Locustfiles change these. Read them where they are used, do not copy them.
STATS_NAME_WIDTH = 80
STATS_TYPE_WIDTH = 8
STATS_AUTORESIZE = True
CONSOLE_STATS_INTERVAL_SEC = 2
HISTORY_STATS_INTERVAL_SEC = 5
CSV_STATS_INTERVAL_SEC = 1
CSV_STATS_FLUSH_INTERVAL_SEC = 5
CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW = 10
PERCENTILES_TO_REPORT = [0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0]
PERCENTILES_TO_STATISTICS = [0.95, 0.99]
PERCENTILES_TO_CHART = [0.5, 0.95]


class RequestStats:
    """Everything that was measured in this run."""

    def __init__(self, use_response_times_cache: bool = True) -> None:
        self.total = StatsEntry("Aggregated", "", _swarm.stats, lambda totals: totals["total"])
        self.entries = Entries()

    @property
    def errors(self) -> dict[str, StatsError]:
        errors = (StatsError(**error) for error in _swarm.stats()["errors"])
        return {StatsError.create_key(e.method, e.name, e.error): e for e in errors}

    @property
    def num_requests(self) -> int:
        return self.total.num_requests

    @property
    def num_none_requests(self) -> int:
        return self.total.num_none_requests

    @property
    def num_failures(self) -> int:
        return self.total.num_failures

    @property
    def last_request_timestamp(self) -> float | None:
        return self.total.last_request_timestamp

    @property
    def start_time(self) -> float:
        return self.total.start_time

    def get(self, name: str, method: str) -> StatsEntry:
        return self.entries[(name, method)]

    def log_request(
            self, method: str, name: str, response_time: float | None, content_length: int) -> None:
        _swarm.record(method, name, response_time, content_length, None, None)

    def log_error(self, method: str, name: str, error: Any) -> None:
        raise missing("RequestStats.log_error (events.request.fire(exception=...) does it)")

    def reset_all(self) -> None:
        _swarm.reset_stats()

    clear_all = reset_all

    def serialize_stats(self) -> list[dict[str, Any]]:
        return [e.serialize() for e in self.entries.values() if e.num_requests or e.num_failures]

    def serialize_errors(self) -> dict[str, dict[str, Any]]:
        return {key: error.to_dict() for key, error in self.errors.items()}

    def aggregated_stats(self, name: str = "Total", full_request_history: bool = False) -> StatsEntry:
        """Of Locust before 0.9."""
        return self.total


class Entries(Mapping):
    """All endpoints by (name, method). What is asked for is there, if with nothing but zeros."""

    def __init__(self) -> None:
        self._asked_for: dict[tuple[str, str], StatsEntry] = {}

    def __getitem__(self, key: tuple[str, str]) -> StatsEntry:
        entry = self._asked_for.get(key)
        if entry is None:
            name, method = key
            entry = self._asked_for[key] = StatsEntry(
                name, method, _swarm.stats, lambda totals: by_key(totals).get(key))
        return entry

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self else default

    def __contains__(self, key: object) -> bool:
        return key in by_key(_swarm.stats())

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(by_key(_swarm.stats()))

    def __len__(self) -> int:
        return len(_swarm.stats()["entries"])

    def values(self) -> list[StatsEntry]:  # type: ignore[override]
        return [entry for _, entry in self.items()]

    def items(self) -> list[tuple[tuple[str, str], StatsEntry]]:  # type: ignore[override]
        totals = _swarm.stats()
        return [(key, StatsEntry(*key, lambda: totals, lambda _, numbers=numbers: numbers))
                for key, numbers in by_key(totals).items()]


def by_key(totals: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(entry["name"], entry["method"]): entry for entry in totals["entries"]}


class StatsError:
    """An error of an endpoint, and how often it came."""

    def __init__(self, method: str, name: str, error: Exception | str | None, occurrences: int = 0,
                 first_seen: float | None = None, last_seen: float | None = None) -> None:
        self.method = method
        self.name = name
        self.error = error
        self.occurrences = occurrences
        self.first_seen = first_seen
        self.last_seen = last_seen

    @classmethod
    def parse_error(cls, error: Exception | str | None) -> str:
        return error_text(error)

    @classmethod
    def create_key(cls, method: str, name: str, error: Exception | str | None) -> str:
        key = f"{method}.{name}.{error_text(error)!r}"
        return hashlib.sha256(key.encode()).hexdigest()

    def to_name(self) -> str:
        return f"{self.method} {self.name}: {unwrapped(error_text(self.error))}"

    def to_dict(self) -> dict[str, Any]:
        return {"method": self.method, "name": self.name, "error": error_text(self.error),
                "occurrences": self.occurrences, "first_seen": self.first_seen,
                "last_seen": self.last_seen}

    serialize = to_dict


def error_text(error: Any) -> str:
    """What errors are grouped by: the repr without the addresses of objects."""
    text = error if isinstance(error, str) else repr(error)
    return ADDRESS.sub("object at 0x....", text) if "object at 0x" in text else text


def unwrapped(text: str) -> str:
    """What response.failure() was given, out of the repr of the exception that it became."""
    if not text.startswith("CatchResponseError("):
        return text
    reason = text[len("CatchResponseError("):-1]
    try:
        return str(ast.literal_eval(reason))
    except (SyntaxError, ValueError):
        return reason


# Of Locust before 1.0: the numbers of this process.
global_stats = RequestStats()
