"""locust.util, which scripts import from."""

import pytest

from locust.util.cache import memoize
from locust.util.date import format_duration, format_utc_timestamp
from locust.util.directory import get_abspaths_in
from locust.util.exception_handler import retry
from locust.util.rounding import proper_round
from locust.util.timespan import parse_timespan
from locust.util.url import is_url


@pytest.mark.parametrize("text, seconds", [
    ("20", 20), ("20s", 20), ("3m", 180), ("2h", 7200), ("1h20m", 4800), ("3h30m10s", 12610)])
def test_timespans(text, seconds):
    assert parse_timespan(text) == seconds


@pytest.mark.parametrize("text", ["", None, "x", "1m20", "20s3m", "-1", "1.5h", " 1"])
def test_what_is_no_timespan(text):
    with pytest.raises(ValueError, match="Invalid time span format"):
        parse_timespan(text)


def test_rounding_is_away_from_zero_at_halves():
    assert [proper_round(v) for v in (0.5, 1.5, 2.5, 2.4)] == [1, 2, 3, 2]
    assert proper_round(1.25, 1) == 1.3


def test_memoize(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("locust.util.cache.time.time", lambda: now[0])
    calls = []

    @memoize(timeout=2)
    def compute():
        calls.append(1)
        return len(calls)

    assert (compute(), compute()) == (1, 1)
    now[0] = 2.5
    assert compute() == 2
    compute.clear_cache()
    assert compute() == 3


def test_memoize_keeps_longer_what_takes_longer(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("locust.util.cache.time.time", lambda: now[0])
    calls = []

    @memoize(timeout=2, dynamic_timeout=True)
    def slow():
        now[0] += 3
        calls.append(1)

    slow()
    now[0] += 3.5
    slow()
    assert len(calls) == 1


def test_retry(monkeypatch):
    waited = []
    monkeypatch.setattr("locust.util.exception_handler.time.sleep", waited.append)
    answers = iter([ValueError(), ValueError(), "fine"])

    @retry(delays=(1, 3))
    def ask():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert ask() == "fine" and waited == [1, 3]


def test_dates():
    assert format_utc_timestamp(0) == "1970-01-01T00:00:00Z"
    assert format_duration(0, 0) == "0 seconds"
    assert format_duration(10, 73) == "1 minute and 3 seconds"
    assert format_duration(0, 90061) == "1 day, 1 hour, 1 minute and 1 second"


def test_urls():
    assert is_url("https://host/x") and not is_url("host") and not is_url("ftp://host")
    assert not is_url("http://[")


def test_folders(tmp_path):
    for name in ("a.py", "_b.py", "c.txt", "d/e.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(get_abspaths_in(str(tmp_path), ".py")) == [
        str(tmp_path / "a.py"), str(tmp_path / "d/e.py")]
