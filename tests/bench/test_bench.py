"""The bench's own arithmetic: a wrong number on its page would look like any other."""

import unittest
from pathlib import Path
from unittest import mock

import clients
import report
import slope
from clients import Count, Point, Run
from slope import Figure, Lengths, PointResult
from targets import Results, targets

POINT = Point(64, "22", "plain")


def figure(cpu_us: float, **others) -> Figure:
    return Figure(**{"user_us": 1.0, "system_us": cpu_us - 1.0, "requests_per_s": 1e5,
                     "unaccounted": 0, "errors": 0, "foreign_ratio": 0.0, "lag_us": None} | others)


def result(point: Point, *rounds: dict) -> PointResult:
    return PointResult(point, [{name: figure(cpu) for name, cpu in r.items()} for r in rounds])


class Points(unittest.TestCase):
    def test_are_read_as_they_are_written(self):
        for text in ("64/22/plain", "10000/20k/tls", "64/22/plain@50000"):
            self.assertEqual(str(Point.parse(text)), text)

    def test_with_an_unknown_body_or_a_missing_part_are_refused(self):
        for text in ("64/23/plain", "64/22", "x/22/plain", "64/22/quic"):
            with self.assertRaises(ValueError, msg=text):
                Point.parse(text)


class WhatClientsSay(unittest.TestCase):
    def test_wrk_adds_its_three_kinds_of_trouble(self):
        out = ("  64 requests in 2.00s, 1.0MB read\n"
               "  Socket errors: connect 1, read 2, write 3, timeout 4\n"
               "  Non-2xx or 3xx responses: 5\n")
        self.assertEqual(clients.Wrk().count(out, ""), Count(64, None, 15))

    def test_h2load_counts_what_is_done(self):
        out = ("requests: 20 total, 24 started, 20 done, 17 succeeded, 2 failed, 1 errored, "
               "0 timeout\n")
        self.assertEqual(clients.H2load().count(out, ""), Count(20, None, 3))

    def test_swarm_tells_requests_failures_interrupted_and_lag(self):
        out = '[{"num_requests": 3, "num_failures": 1}, {"num_requests": 4, "num_failures": 0}]'
        err = "Interrupted: 2\n  send lag   p50 0.0120 ms, p99 3.40 ms, max 1.50 s\n"
        count = clients.Swarm(Path("swarm"), Path(".")).count(out, err)
        self.assertEqual((count.requests, count.interrupted, count.errors), (7, 2, 1))
        self.assertEqual(count.lag_us, {"p50": 12.0, "p99": 3400.0, "max": 1.5e6})

    def test_swarm_without_pacing_has_no_lag(self):
        count = clients.Swarm(Path("swarm"), Path(".")).count("[]", "  send lag  nothing was paced")
        self.assertEqual(count, Count(0, 0, 0, None))


class Totals(unittest.TestCase):
    @staticmethod
    def missing(requests, interrupted, served):
        return slope.missing(Run(Count(requests, interrupted), 1, 1, 1), served, POINT)

    def test_of_an_exact_client_must_match_to_the_request(self):
        self.assertEqual(self.missing(100, 3, 103), 0)
        self.assertEqual(self.missing(100, 3, 104), 1)
        self.assertEqual(self.missing(100, 3, 102), 1)

    def test_of_a_silent_client_may_lack_one_request_a_connection(self):
        self.assertEqual(self.missing(100, None, 164), 0)
        self.assertEqual(self.missing(100, None, 165), 1)
        self.assertEqual(self.missing(100, None, 98), 2)


class Slope(unittest.TestCase):
    def test_takes_out_what_both_runs_cost(self):
        # A start that costs 0.5 s, then 5 us of user and 20 us of kernel time a request.
        def run(client, point, seconds, core):
            requests = 1000 * seconds
            return Run(Count(requests, 0), seconds + 0.3, 0.5 + 5e-6 * requests, 20e-6 * requests)

        server = mock.Mock(served=mock.Mock(side_effect=[0, 2000, 2000, 8000]))
        with mock.patch.object(clients, "run", run), \
                mock.patch.object(slope, "busy_seconds", return_value=0.0):
            found = slope.one_figure(None, POINT, server, Lengths(2, 6), core=1)
        self.assertAlmostEqual(found.user_us, 5)
        self.assertAlmostEqual(found.system_us, 20)
        self.assertAlmostEqual(found.requests_per_s, 1000)
        self.assertEqual(found.unaccounted, 0)

    def test_ratios_are_taken_within_a_round(self):
        # The machine slows down from round to round; the medians alone would say 20 / 10.
        r = result(POINT, {"swarm": 5, "wrk": 4}, {"swarm": 20, "wrk": 10}, {"swarm": 30, "wrk": 24})
        self.assertAlmostEqual(r.ratio("swarm", "wrk"), 1.25)

    def test_ratios_need_both_in_the_round(self):
        self.assertIsNone(result(POINT, {"swarm": 5}, {"wrk": 4}).ratio("swarm", "wrk"))

    def test_many_connections_get_time_to_open(self):
        self.assertEqual(Lengths(2, 6).of(POINT), (2, 6))
        self.assertEqual(Lengths(2, 6).of(Point(10000, "22", "tls")), (10, 14))

    def test_one_connection_gets_time_to_be_seen_in_user_mode(self):
        self.assertEqual(Lengths(2, 6).of(Point(1, "22", "plain")), (2, 12))


class Targets(unittest.TestCase):
    def test_what_was_not_measured_is_neither_reached_nor_missed(self):
        self.assertEqual({t.reached for t in targets(Results([]))}, {None})

    def test_one_point_above_misses_a_target_for_every_point(self):
        good = result(POINT, {"swarm": 4, "wrk": 4, "floor": 4})
        bad = result(Point(1000, "22", "plain"), {"swarm": 4.2, "wrk": 4, "floor": 4})
        found = targets(Results([good, bad]))[0]
        self.assertIs(found.reached, False)
        self.assertEqual(found.found, "1.05 at 1000/22/plain; 1 of 2 points above")
        self.assertIs(targets(Results([good]))[0].reached, True)

    def test_a_paced_point_counts_for_the_paced_target_only(self):
        paced = result(Point(64, "22", "plain", 1000), {"swarm": 14, "floor": 10})
        reached = {t.what: t.reached for t in targets(Results([paced])) if t.reached is not None}
        self.assertEqual(reached, {
            "Paced: CPU a request ÷ the floor's at the same rate": False,
            "Totals: swarm's requests + interrupted = the server's count, in every run": True})

    def test_one_request_unaccounted_for_misses_the_totals(self):
        r = PointResult(POINT, [{"swarm": figure(4, unaccounted=1), "wrk": figure(4)}])
        totals = next(t for t in targets(Results([r])) if t.what.startswith("Totals"))
        self.assertIs(totals.reached, False)

    def test_single_figures_are_compared_with_their_limits(self):
        good = Results([], 2048, 0.050, {"BM_RecordSample": 99.0, "BM_Merge": 5000.0})
        bad = Results([], 2049, 0.051, {"BM_RecordSample": 101.0})
        self.assertEqual([t.reached for t in targets(good)[-3:]], [True] * 3)
        self.assertEqual([t.reached for t in targets(bad)[-3:]], [False] * 3)


class Page(unittest.TestCase):
    CONTEXT = {"command": "run", "date": "2026-01-01", "facts": {"kernel": "6.1"}, "rounds": 2,
               "server_core": 0, "client_core": 1, "short": 2, "long": 6}

    def test_shows_medians_spread_and_ratios(self):
        r = result(POINT, {"swarm": 5, "wrk": 4, "floor": 4}, {"swarm": 7, "wrk": 4, "floor": 5})
        page = report.page(Results([r]), self.CONTEXT)
        self.assertIn("| 64 conn. | swarm | 6.00 (5.00 – 7.00) | 1.00 | 5.00 | 100,000 | 1.50 | 1.32 |",
                      page)
        self.assertNotIn("What went wrong", page)

    def test_does_not_hide_trouble(self):
        r = PointResult(POINT, [{"swarm": figure(4, unaccounted=2, errors=3, foreign_ratio=0.4)}],
                        ["wrk at 64/22/plain: it died"])
        page = report.page(Results([r]), self.CONTEXT)
        for text in ("wrk at 64/22/plain: it died", "3 errors", "2 requests unaccounted for",
                     "not to be trusted"):
            self.assertIn(text, page)

    def test_tells_who_did_not_keep_the_rate(self):
        slow = PointResult(Point(64, "22", "plain", 1000), [{"floor": figure(9, requests_per_s=900)}])
        self.assertIn("floor at 64/22/plain@1000: sent only 900 requests/s",
                      report.page(Results([slow]), self.CONTEXT))


if __name__ == "__main__":
    unittest.main()
