"""The arithmetic of the bench for locustfiles: a wrong number on its page would look like any other."""

import dataclasses
import json
import re
import tempfile
import unittest
from pathlib import Path

import bodies
import nginx
import python_clients
import python_report
import store
from clients import Count
from nginx import PORTS
from python_clients import Case
from python_figures import Figures
from python_targets import Results, targets
from slope import Figure, Lengths, PointResult
from truth.levels import Reading

SEED = Case.parse("seed/64/22/plain")
FAST, HTTP = "FastHttpUser 2.1", "HttpUser 2.1"


def figure(cpu_us: float) -> Figure:
    return Figure(user_us=1.0, system_us=cpu_us - 1.0, requests_per_s=1e5, unaccounted=0, errors=0,
                  foreign_ratio=0.0, lag_us=None)


def result(case: Case, *rounds: dict) -> PointResult:
    return PointResult(case, [{name: figure(cpu) for name, cpu in r.items()} for r in rounds])


def reading(p50: float, p99: float, verdict: str = "VALID") -> Reading:
    return Reading(0, 0.5, 0.49, 1000, {"p50": 2, "p99": 3}, {"p50": p50, "p99": p99}, verdict, "why")


def found(results: Results, what: str):
    return next(t for t in targets(results) if t.what.startswith(what))


class Cases(unittest.TestCase):
    def test_are_read_as_they_are_written(self):
        for text in ("seed/1000/22/plain", "json/64/json2k/tls"):
            self.assertEqual(str(Case.parse(text)), text)

    def test_of_an_unknown_flow_are_refused(self):
        for text in ("64/22/plain", "xml/64/22/plain", "seed/64/23/plain"):
            with self.assertRaises(ValueError, msg=text):
                Case.parse(text)

    def test_have_ports_of_their_own(self):
        self.assertEqual(len(set(PORTS.values())), len(PORTS))


class Bodies(unittest.TestCase):
    def test_are_json_of_exactly_their_size(self):
        for size in (200, 2_000, 20_000):
            text = bodies.json_document(size)
            self.assertEqual(len(text), size)
            self.assertEqual(json.loads(text)["items"][0]["id"], 0)

    def test_with_an_id_are_of_their_size_once_the_server_has_put_it_there(self):
        for size in (200, 2_000, 20_000):
            text = bodies.new_json_document(size).replace(bodies.ID, "0" * bodies.ID_BYTES)
            self.assertEqual(len(text), size)
            self.assertEqual(json.loads(text)["items"][0]["id"], 0)

    def test_are_told_nginx_in_words_that_it_takes(self):
        text = bodies.new_json_document(20_000)
        pieces = re.findall(r"set \$piece(\d+) '(.*)';", nginx.made("new20k", text))
        self.assertEqual([int(number) for number, _ in pieces], list(range(len(pieces))))
        self.assertEqual("".join(piece for _, piece in pieces), text)
        self.assertIn(bodies.ID, [piece for _, piece in pieces])
        self.assertLess(max(len(piece) for _, piece in pieces), 4096)


class WhatClientsSay(unittest.TestCase):
    def test_locust_tells_requests_and_failures(self):
        said = ("GET      Items      10     0(0.00%) |   3   0  53  1 | 10.7  0.00\n"
                "         Aggregated      4696     7(0.15%) |   3   0  53  1 | 15.9  0.00\n")
        client = python_clients.Locust("2.1", "HttpUser", ["locust"])
        self.assertEqual(client.count("", said), Count(4696, None, 7))
        with self.assertRaises(ValueError):
            client.count("", "Traceback")

    def test_k6_tells_requests_and_failures(self):
        said = ("    http_req_failed......: 0.02% 3 out of 14000\n"
                "    http_reqs............: 14000  6998.1/s\n")
        self.assertEqual(python_clients.K6().count(said, ""), Count(14000, None, 3))

    def test_slow_clients_get_time_to_open_connections(self):
        client = python_clients.Locust("2.1", "HttpUser", ["locust"])
        self.assertEqual(Lengths(2, 6).of(Case.parse("seed/1000/22/plain"), client), (6, 10))


class Targets(unittest.TestCase):
    def test_what_was_not_measured_is_neither_reached_nor_missed(self):
        self.assertEqual({t.reached for t in targets(Results())}, {None})

    def test_every_version_of_the_other_one_counts(self):
        r = result(SEED, {"swarm": 10, "wrk": 8, FAST: 150, "FastHttpUser 2.2": 140, HTTP: 700})
        results = Results([r])
        self.assertEqual(found(results, "Seed's set: FastHttpUser").found,
                         "14.0 over 2.2 at seed/64/22/plain (wrk: 17.5); 1 of 2 below")
        self.assertIs(found(results, "Seed's set: FastHttpUser").reached, False)
        self.assertIs(found(results, "Seed's set: HttpUser").reached, True)
        self.assertIs(found(results, "Seed's set: CPU").reached, True)

    def test_a_body_has_a_target_of_its_own(self):
        r = result(Case.parse("json/64/json20k/tls"), {"swarm": 50, FAST: 201})
        reached = {t.what: t.reached for t in targets(Results([r])) if t.reached is not None}
        self.assertEqual(len(reached), 2)  # and the totals
        self.assertIs(found(Results([r]), "JSON of 20 KB").reached, True)

    def test_memory_is_what_a_user_takes_over_a_greenlet(self):
        good = Results(figures=Figures(greenlet_bytes=8000, waiting_bytes=11_072))
        bad = Results(figures=Figures(greenlet_bytes=8000, waiting_bytes=11_073))
        self.assertIs(found(good, "Memory of a waiting").reached, True)
        self.assertIs(found(bad, "Memory of a waiting").reached, False)

    def test_figures_beside_the_truth_need_a_verdict_that_says_so(self):
        honest = Results(truth=[reading(2.9, 3.9), reading(2.0, 9.0, "SUSPECT")])
        self.assertEqual(found(honest, "p50 or p99").found, "1 of 1, in 2 runs")
        self.assertIs(found(honest, "p50 or p99").reached, True)
        for wrong in (reading(3.1, 3.0), reading(2.0, 4.1), reading(2.0, 1.9)):
            self.assertIs(found(Results(truth=[wrong]), "p50 or p99").reached, False)


class Page(unittest.TestCase):
    CONTEXT = {"command": "run", "date": "2026-01-01", "facts": {"kernel": "6.1"}, "rounds": 1,
               "server_core": 0, "client_core": 1, "short": 2, "long": 6, "python": "Python 3",
               "has_k6": False}

    def test_shows_every_client_and_what_it_takes(self):
        r = result(SEED, {"swarm": 10, "wrk": 8, FAST: 150})
        page = python_report.page(Results([r], Figures(hatched_s=1.0), [reading(2, 9)]), self.CONTEXT)
        for row in ("| 64 users | swarm | 10.00 (10.00 – 10.00) | 1.00 | 9.00 | 100,000 | 1.25 | – |",
                    f"|  | {FAST} | 150.00 (150.00 – 150.00) | 1.00 | 149.00 | 6,667 | 18.75 | 15.00 |",
                    "| a request | 49% (of 50%) | 1,000 | 2.00 | 2.00 | +0.00 | 3.00 | 9.00 | +6.00 "
                    "| VALID (**wrong**) |"):
            self.assertIn(row, page)

    def test_tells_what_is_left_for_parsing(self):
        r = result(Case.parse("json/64/new20k/plain"), {"swarm": 50, "wrk": 10, FAST: 200})
        page = python_report.page(Results([r], Figures(parsing_us={"slow": 70.0, "swarm": 38.25})),
                                  self.CONTEXT)
        self.assertIn("| swarm | 38.2 |\n| slow | 70.0 |", page)
        self.assertIn("FastHttpUser is 200.0 ÷ 4 = 50.0 µs", page)
        self.assertIn("takes wrk 10.0; 40.0 µs are left", page)


class Store(unittest.TestCase):
    def test_gives_back_what_it_got(self):
        results = Results([result(SEED, {"swarm": 10, FAST: 150}, {"swarm": 11})],
                          Figures(start_s=0.3), [reading(2, 3)])
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "kept.json")
            self.assertEqual(store.load(file), Results())
            store.save(results, file)
            self.assertEqual(dataclasses.asdict(store.load(file)), dataclasses.asdict(results))


if __name__ == "__main__":
    unittest.main()
