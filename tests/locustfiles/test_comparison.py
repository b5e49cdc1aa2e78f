"""The comparison itself: it finds nothing between a run and itself, and each kind of difference.

(compare.py --mutants shows the same with real runs of locustfiles that were changed in one place.)
"""

import copy

import pytest
from cases import CASES
from compare import expectation
from differences import by_more_than_chance, differences, unexpected
from outcome import from_json
from programs import HERE, describe, error_report, logged_exceptions, split_stdout, table

BY_NAME = {case.name: case for case in CASES}


def swapped(kept):
    first = kept["sequences"][0]["send"]
    first[0], first[1] = first[1], first[0]


def shifted_share(kept):
    """A third of the most frequent step goes elsewhere."""
    most, other = sorted(kept["steps"], key=lambda step: -step[2])[:2]
    target = next(step for step in kept["steps"] if step[0] == most[0] and step is not most)
    moved = most[2] // 3
    most[2] -= moved
    target[2] += moved


def request_text(old, new):
    def change(kept):
        kept["requests"] = [text.replace(old, new) for text in kept["requests"]]
    return change


CHANGES = [
    ("shop_login", "another header", request_text("accept: */*", "accept: text/html")),
    ("shop_login", "another body", request_text("rating=5", "rating=4")),
    ("shop_login", "another answer", request_text("-> 303", "-> 403")),
    ("shop_login", "another cookie", request_text("; theme=dark", "")),
    ("shop_login", "another order", swapped),
    ("shop_login", "one user less", lambda kept: kept["sequences"].pop()),
    ("shop_login", "a connection more", lambda kept: kept.update(connections=kept["connections"] + 1)),
    ("orders_api", "a request more", lambda kept: kept["entries"]["GET /api/orders/[id]"].__setitem__(0, 21)),
    ("orders_api", "a failure more", lambda kept: kept["entries"]["GET /api/orders/[id]"].__setitem__(1, 1)),
    ("orders_api", "a new name", lambda kept: kept["entries"].update({"GET /new": [1, 0]})),
    ("failures", "an error's text", lambda kept: kept["errors"].update({"GET refused: other": 1})),
    ("failures", "an exception more", lambda kept: kept["exceptions"].update({"division by 0 | f: 1/0": 1})),
    ("failures", "the exit code", lambda kept: kept.update(exit_code=0)),
    ("custom_events", "what was printed", lambda kept: kept["printed"].reverse()),
    ("forum", "another share", shifted_share),
    ("forum", "a new kind of request", request_text("GET /forum/rules", "GET /forum/rule")),
    ("forum", "a lost request", lambda kept: kept["entries"]["GET /forum/search"].__setitem__(0, 1)),
    ("stepped_shape", "one arrival more", lambda kept: kept["entries"]["POST in"].__setitem__(0, 9)),
]


@pytest.mark.parametrize("name, change", [(name, change) for name, _, change in CHANGES],
                         ids=[f"{name}: {what}" for name, what, _ in CHANGES])
def test_a_change_is_found(name, change):
    kept = expectation(BY_NAME[name])["newest"]
    other = copy.deepcopy(kept)
    change(other)
    assert other != kept
    assert differences(BY_NAME[name], from_json(kept), from_json(other))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_run_does_not_differ_from_itself(case):
    kept = expectation(case)["newest"]
    assert differences(case, from_json(kept), from_json(kept)) == []


def test_chance_is_no_difference():
    assert not by_more_than_chance(660, 1000, 640, 1000)
    assert by_more_than_chance(667, 1000, 500, 1000)


def test_what_is_meant_to_differ_must_differ():
    class case:
        meant = (("exit code: -1 +0", "because"),)
    assert unexpected(case, ["exit code: -1 +0", "other"]) == ["other"]
    assert unexpected(case, []) == ["no longer differs: exit code: -1 +0"]


REPORT = """\
[2026-01-02 03:04:05,678] box/ERROR/locust.user.task: division by zero
Traceback (most recent call last):
  File "/anywhere/locust/user/task.py", line 347, in run
    self.execute_next_task()
  File "/anywhere/failures.py", line 95, in division
    return 1 / 0
           ~~^~~
ZeroDivisionError: division by zero

[2026-01-02 03:04:06,000] box/INFO/locust.main: Shutting down (exit code 1)
Type     Name                     # reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s
--------|-----------------------|-------|-------------|-------|-------|-------|-------|--------|-----------
GET      /a page                      12   3(25.00%) |      1       0       3      1 |   12.00        3.00
         note                          1     0(0.00%) |      0       0       0      0 |    1.00        0.00
--------|-----------------------|-------|-------------|-------|-------|-------|-------|--------|-----------
         Aggregated                   13   3(23.08%) |      1       0       3      1 |   13.00        3.00

Error report
# occurrences      Error
------------------|----------------------------------------------------------------------------------------
2                  GET /a page: HTTPError('404')
1                  GET /a page: first
second
------------------|----------------------------------------------------------------------------------------

"""


def test_a_report_is_read():
    assert table(REPORT) == {"GET /a page": [12, 3], " note": [1, 0]}
    assert error_report(REPORT) == {"GET /a page: HTTPError('404')": 2, "GET /a page: first second": 1}
    assert logged_exceptions(REPORT, HERE / "failures.py") == {"division by zero | division: return 1 / 0": 1}


def test_of_a_chain_of_exceptions_the_last_one_counts():
    frames = """Traceback (most recent call last):
  File "/x/failures.py", line 1, in {}
    {}()
KeyError: 1
"""
    chain = "\n\nDuring handling of the above exception:\n\n".join(
        [frames.format("a", "b"), frames.format("c", "d")])
    assert describe("1", chain, HERE / "failures.py") == "1 | c: d()"


def test_what_a_locustfile_prints_is_told_from_json():
    text = 'before\n[\n {"method": "GET", "name": "/", "num_requests": 2, "num_failures": 1}\n]\nafter\n'
    assert split_stdout(text) == ({"GET /": [2, 1]}, ["before", "after"])
