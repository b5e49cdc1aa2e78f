"""Swarm beside the real Locust: masters and workers of either, on one wire."""

import shutil
import subprocess
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import pytest
from programs import (DEBIAN, NEWEST, Program, debian_locust, newest_locust, split_stdout, swarm,
                      why_not)
from stories import ASKED, Seen, boomer_run, faults, shape, two_runs

PEERS = {"swarm": swarm(), DEBIAN: debian_locust(), NEWEST: newest_locust()}
BOOMER = Path(__file__).with_name("boomer")
AT_ONCE = 3  # fleets; they mostly wait


@dataclass(frozen=True)
class Story:
    play: Callable[..., Seen]
    master: str
    workers: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.play.__name__}: {self.master} <- {' '.join(self.workers)}"

    @property
    def peers(self) -> set[str]:
        return {self.master, *self.workers}


TWO_RUNS = [
    Story(two_runs, "swarm", (DEBIAN, DEBIAN)),
    Story(two_runs, "swarm", (NEWEST, NEWEST)),
    Story(two_runs, DEBIAN, ("swarm", "swarm")),
    Story(two_runs, NEWEST, ("swarm", "swarm")),
    Story(two_runs, "swarm", ("swarm", DEBIAN, NEWEST)),
    Story(two_runs, NEWEST, ("swarm", NEWEST)),
]
# Locust's master does not wait for the last reports when its shape is over.
SHAPES = [Story(shape, "swarm", (NEWEST, DEBIAN))]
FAULTS = [
    Story(faults, "swarm", (NEWEST, DEBIAN)),
    Story(faults, NEWEST, ("swarm", "swarm")),
    Story(faults, DEBIAN, ("swarm", "swarm")),
]


@pytest.fixture(scope="session")
def missing() -> dict[str, str]:
    """Why peers cannot take part."""
    return {name: why for name, program in PEERS.items() if (why := why_not(program))}


@pytest.fixture(scope="session")
def plays(request, missing, tmp_path_factory):
    """The stories of all tests that were asked for, several at once: mostly they wait."""
    asked = {item.callspec.params.get("story") for item in request.session.items
             if hasattr(item, "callspec")}
    pool = ThreadPoolExecutor(AT_ONCE)
    futures: dict[Story, Future] = {}
    for story in FAULTS + TWO_RUNS + SHAPES:  # the longest first
        if story in asked and not story.peers & missing.keys():
            futures[story] = pool.submit(
                story.play, tmp_path_factory.mktemp("fleet"), PEERS[story.master],
                [PEERS[worker] for worker in story.workers])
    yield futures
    pool.shutdown(cancel_futures=True)


@pytest.fixture
def seen(story, plays, missing) -> Seen:
    for peer in sorted(story.peers & missing.keys()):
        pytest.skip(f"{peer}: {missing[peer]}")
    return plays[story].result()


def stories(*lists: list[Story]):
    every = [story for each in lists for story in each]
    return pytest.mark.parametrize("story", every, ids=[story.name for story in every])


def sum_of(key: str, rows: list[dict]) -> float:
    return sum(row[key] for row in rows)


@stories(TWO_RUNS, SHAPES)
def test_the_target_the_workers_and_the_master_counted_the_same(story, seen):
    totals = [run["total"] for run in seen.totals]
    for key in ("requests", "failures", "bytes"):
        assert sum_of(key, totals) == sum_of(key, seen.counted), key
    assert sum_of("requests", totals) == seen.log["requests"]
    assert sum_of("exceptions", seen.totals) == sum_of("exceptions", seen.counted) > 0
    paths = Counter()
    for run in seen.totals:
        for name, entry in run["entries"].items():
            paths[name.split()[1]] += entry["requests"]
    assert paths == seen.log["paths"]


@stories(TWO_RUNS, SHAPES)
def test_response_times_are_told_exactly(story, seen):
    totals = [run["total"] for run in seen.totals]
    assert sum_of("ms", totals) == pytest.approx(sum_of("ms", seen.counted), rel=1e-6)
    assert min(row["least"] for row in totals) == pytest.approx(
        min(row["least"] for row in seen.counted), rel=1e-6)
    assert max(row["most"] for row in totals) == pytest.approx(
        max(row["most"] for row in seen.counted), rel=1e-6)
    for run in seen.totals:
        for entry in run["entries"].values():
            assert entry["least"] <= entry["median"] <= entry["p95"] * 1.05 + 1
            assert entry["p95"] <= entry["most"] * 1.05 + 1


@stories(TWO_RUNS, SHAPES)
def test_one_failure_is_one_wherever_it_happened(story, seen):
    # 2.12.1 has the whole address in its texts.
    texts = len({worker == DEBIAN for worker in story.workers})
    for run in seen.totals:
        assert len(run["errors"]) <= texts, run["errors"]
        assert sum(error[3] for error in run["errors"]) == run["total"]["failures"] > 0
        for method, name, text, _ in run["errors"]:
            assert (method, name) == ("GET", "/status/500")
            assert "500 Server Error" in text


@stories(TWO_RUNS, SHAPES)
def test_reports_reach_the_masters_listeners_as_dictionaries(story, seen):
    expected = sorted(row["requests"] for row in seen.counted)
    assert sorted(seen.totals[-1]["heard"].values()) == expected
    assert sorted(seen.totals[-1]["marked"].values()) == expected  # a key of the scenario's own


@stories(TWO_RUNS)
def test_messages_go_both_ways(story, seen):
    assert [answer["asked"] for answer in seen.answers] == [ASKED] * len(story.workers)
    assert sorted(answer["index"] for answer in seen.answers) == list(range(len(story.workers)))


@stories(TWO_RUNS, SHAPES)
def test_workers_are_given_the_masters_custom_options(story, seen):
    assert seen.greetings == [["hello"] * len(seen.totals)] * len(story.workers)


@stories(TWO_RUNS, SHAPES)
def test_everybody_leaves_in_order(story, seen):
    assert seen.codes == [0] * (1 + len(story.workers))


@stories(SHAPES)
def test_json_says_what_the_hooks_saw(story, seen):
    entries = seen.totals[0]["entries"]
    listed, _ = split_stdout(seen.text)
    assert listed == {
        name: [entry["requests"], entry["failures"]] for name, entry in entries.items()}


@stories(FAULTS)
def test_a_worker_that_freezes_or_dies_costs_its_last_interval_at_most(story, seen):
    """Everything that living workers measured is in the totals; of the killed one what it reported,
    and perhaps what was on its way."""
    total = seen.totals[0]["total"]["requests"]
    alive = sum(row["requests"] for row in seen.counted) - seen.lost["requests"]
    assert alive <= total <= seen.log["requests"]
    # In a report interval of 3 s, two users at the most make ten requests a second.
    assert seen.log["requests"] - total <= 2 * 5 * 4
    living = [code for number, code in enumerate(seen.codes) if number != 2]
    assert living == [0] * len(living)


def build_boomer(folder: Path) -> Program:
    """Its newest version: those of before 2021 speak the protocol of Locust 1."""
    if shutil.which("go") is None:
        pytest.skip("boomer: go is not there")
    shutil.copytree(BOOMER, folder)
    for command in (["go", "get", "github.com/myzhan/boomer@master"], ["go", "mod", "tidy"],
                    ["go", "build", "-o", "boomer", "."]):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
        if done.returncode:
            why = [line for line in done.stderr.splitlines() if line.startswith("go: ")]
            pytest.skip(f"boomer: {' '.join(command)}: {(why or ['no reason'])[0]}")
    return Program("boomer", (str(folder / "boomer"),), (), False, False)


def build_habits(_: Path) -> Program:
    """One that does as boomer does."""
    if why := why_not(PEERS[DEBIAN]):
        pytest.skip(f"its libraries come with Locust {DEBIAN}: {why}")
    return Program("habits", ("/usr/bin/python3", str(BOOMER / "habits.py")), (), False, False)


@pytest.mark.parametrize("build", [build_boomer, build_habits])
def test_boomer_is_a_worker_as_well(build, missing, tmp_path):
    if "swarm" in missing:
        pytest.skip(f"swarm: {missing['swarm']}")
    seen = boomer_run(tmp_path / "fleet", PEERS["swarm"], [build(tmp_path / "boomer")])
    total = seen.totals[0]["total"]
    assert 0 < total["requests"] <= seen.log["requests"]
    assert total["failures"] == 0
    # What it measured since its last report, of 3 s, it keeps to itself when it is stopped.
    assert seen.log["requests"] - total["requests"] <= 4 * 10 * 4
    assert seen.codes == [0, 0]
