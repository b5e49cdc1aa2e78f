"""environment.stats: views of the engine's numbers."""

import pytest

from fake_swarm import entry
from locust import stats
from locust.env import Environment
from locust.exception import CatchResponseError
from locust.stats import StatsError


@pytest.fixture
def view(engine):
    """Of 10 GETs of /, 3 of them failed, and one POST of /."""
    engine.totals["entries"] = [entry("/", "GET", {10: 8, 50: 2}, failures=3),
                                entry("/", "POST", {7: 1})]
    engine.totals["total"] = entry("Aggregated", "", {7: 1, 10: 8, 50: 2}, failures=3)
    engine.totals["errors"] = [{
        "method": "GET", "name": "/", "error": "CatchResponseError('bad')", "occurrences": 3,
        "first_seen": 101.0, "last_seen": 109.0}]
    return Environment().stats


def test_the_total(view):
    total = view.total
    assert (total.name, total.method) == ("Aggregated", "")
    assert (total.num_requests, total.num_failures) == (11, 3) == (
        view.num_requests, view.num_failures)
    assert total.fail_ratio == 3 / 11
    assert total.avg_response_time == pytest.approx((7 + 80 + 100) / 11)
    assert (total.min_response_time, total.max_response_time) == (7, 50)
    assert total.median_response_time == 10
    assert total.get_response_time_percentile(0.95) == 50
    assert total.avg_content_length == 10
    assert (total.current_rps, total.current_fail_per_sec) == (1.5, 0.5)
    assert (total.total_rps, total.total_fail_per_sec) == (1.1, 0.3)
    assert (view.start_time, view.last_request_timestamp) == (100.0, 110.0)
    assert total.response_times == {7: 1, 10: 8, 50: 2}


def test_is_of_now(view, engine):
    total, one = view.total, view.get("/", "POST")
    engine.totals["total"] = entry("Aggregated", "", {7: 20})
    engine.totals["entries"] = [entry("/", "POST", {7: 20})]
    assert total.num_requests == 20 and one.num_requests == 20


def test_entries_by_name_and_method(view):
    assert set(view.entries) == {("/", "GET"), ("/", "POST")} and len(view.entries) == 2
    assert view.entries[("/", "GET")].num_requests == 10
    assert ("/", "POST") in view.entries and ("/x", "GET") not in view.entries
    assert view.entries.get(("/x", "GET")) is None
    assert view.entries[("/x", "GET")].num_requests == 0
    assert view.get("/x", "GET").avg_response_time == 0
    assert view.get("/x", "GET").fail_ratio == 0
    assert view.entries.get(("/", "POST")).num_requests == 1
    assert "POST / 1" in repr(view.get("/", "POST")).replace(":", "")


def test_before_the_first_request_nothing_is_divided_by_zero(engine):
    total = Environment().stats.total
    assert (total.total_rps, total.total_fail_per_sec, total.avg_content_length,
            total.median_response_time, total.fail_ratio) == (0, 0, 0, 0, 0)


def test_requests_without_a_time_do_not_count_in_the_mean(view, engine):
    engine.totals["total"]["num_none_requests"] = 1
    assert view.num_none_requests == 1
    assert view.total.avg_response_time == pytest.approx(187 / 10)


def test_going_through_the_entries_asks_the_engine_once(view, engine):
    engine.stats_calls = 0
    found = {(e.method, e.name): (e.num_requests, e.fail_ratio) for e in view.entries.values()}
    assert found == {("GET", "/"): (10, 0.3), ("POST", "/"): (1, 0)}
    assert [key for key, _ in view.entries.items()] == [("/", "GET"), ("/", "POST")]
    assert engine.stats_calls == 2


def test_what_is_not_measured_is_an_attribute_error(view):
    with pytest.raises(AttributeError):
        view.total.num_reqests


def test_errors(view):
    (key, error), = view.errors.items()
    assert (error.method, error.name, error.occurrences) == ("GET", "/", 3)
    assert (error.first_seen, error.last_seen) == (101.0, 109.0)
    assert error.to_name() == "GET /: bad"
    assert key == StatsError.create_key("GET", "/", CatchResponseError("bad"))
    assert view.serialize_errors() == {key: {
        "method": "GET", "name": "/", "error": "CatchResponseError('bad')", "occurrences": 3,
        "first_seen": 101.0, "last_seen": 109.0}}
    assert error.serialize() == error.to_dict()


@pytest.mark.parametrize("error, name", [
    ("ValueError('x')", "GET /: ValueError('x')"), (ValueError("x"), "GET /: ValueError('x')"),
    ("CatchResponseError('bad')", "GET /: bad"), (CatchResponseError("bad"), "GET /: bad"),
    ("CatchResponseError(<object>)", "GET /: <object>"),
    ("at <A object at 0x7f00>", "GET /: at <A object at 0x....>")])
def test_errors_are_shown_as(error, name):
    assert StatsError("GET", "/", error).to_name() == name
    assert StatsError.parse_error(error) in (name.removeprefix("GET /: "), "CatchResponseError('bad')",
                                             "CatchResponseError(<object>)")


def test_the_key_of_an_error_is_locusts():
    # Computed with Locust 2.46.3.
    assert StatsError.create_key("GET", "/", ValueError("x")) == (
        "21e34e588463fafe3730ba5ec38c0dc4476555d67a1728d3dcd5eaf1f16dfe14")


def test_serialized_as_on_the_wire(view):
    first, second = view.serialize_stats()
    assert list(first) == [
        "name", "method", "last_request_timestamp", "start_time", "num_requests",
        "num_none_requests", "num_failures", "total_response_time", "max_response_time",
        "min_response_time", "total_content_length", "response_times", "num_reqs_per_sec",
        "num_fail_per_sec"]
    assert first["response_times"] == {10: 8, 50: 2} and second["method"] == "POST"


def test_as_the_table_has_it(view, monkeypatch):
    monkeypatch.setattr(stats, "PERCENTILES_TO_STATISTICS", [0.5])
    row = view.get("/", "GET").to_dict()
    assert row["num_failures"] == 3 and row["response_time_percentile_0.5"] == 10
    assert "response_time_percentile_0.95" not in row


def test_reset_and_log_request_go_to_the_engine(view, engine):
    view.reset_all()
    view.clear_all()
    view.log_request("GET", "/", 5, 6)
    assert engine.resets == 2 and engine.samples == [("GET", "/", 5, 6, None, None)]


def test_log_error_is_not_there_yet(view):
    with pytest.raises(ImportError, match="swarm does not have RequestStats.log_error"):
        view.log_error("GET", "/", "bad")


class TestCurrentPercentile:
    """Of the last ten seconds, as far as somebody asked before."""

    @pytest.fixture
    def clock(self, monkeypatch):
        now = [1000.0]
        monkeypatch.setattr("locust._stats_entry.time.time", lambda: now[0])
        return now

    def ask(self, view, engine, response_times, share=0.5):
        engine.totals["total"] = entry("Aggregated", "", response_times)
        return view.total.get_current_response_time_percentile(share)

    def test_the_first_time_it_is_that_of_the_run(self, view, engine, clock):
        assert self.ask(view, engine, {10: 9, 90: 1}) == 10
        clock[0] += 1
        assert self.ask(view, engine, {10: 9, 90: 1}, 0.99) is None

    def test_then_of_what_came_since_ten_seconds(self, view, engine, clock):
        self.ask(view, engine, {10: 100})
        clock[0] += 8
        assert self.ask(view, engine, {10: 100, 50: 5}) == 50
        clock[0] += 8
        assert self.ask(view, engine, {10: 100, 50: 5, 70: 6}) == 70
        clock[0] += 8
        assert self.ask(view, engine, {10: 100, 50: 5, 70: 6, 80: 1}, 0) == 70

    def test_after_a_reset_it_starts_again(self, view, engine, clock):
        self.ask(view, engine, {10: 100})
        clock[0] += 5
        assert self.ask(view, engine, {10: 4}) == 10

    def test_without_requests_there_is_none(self, view, engine, clock):
        assert self.ask(view, engine, {}) is None


def test_percentile_is_the_value_at_its_rank():
    times = {10: 5, 20: 4, 30: 1}
    assert [stats.calculate_response_time_percentile(times, 10, p) for p in (0, 0.5, 0.9, 1)] == [
        10, 20, 30, 30]
    assert stats.calculate_response_time_percentile({}, 0, 0.5) == 0


def test_constants_that_files_change_are_there():
    assert stats.PERCENTILES_TO_CHART == [0.5, 0.95]
    assert stats.PERCENTILES_TO_REPORT[-1] == 1.0
    assert stats.CONSOLE_STATS_INTERVAL_SEC == 2
    assert stats.CSV_STATS_INTERVAL_SEC == 1
