"""What fleets go through. Each story plays one fleet from its start to its end, and returns what
was seen; tests/interop/test_interop.py compares."""

import json
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from fleet import Fleet
from programs import Program
from support import Target

ASKED = {"number": -5, "ratio": 0.25, "text": "caf\u00e9", "list": [1, None, True], "map": {"a": "b"}}


@dataclass
class Seen:
    """What all processes said at the end, and what the target counted."""

    log: dict
    totals: list[dict]  # the master's, one a run
    counted: list[dict]  # each worker's, of all runs
    answers: list[dict]
    greetings: list[list[str]]  # each worker's, one a run
    codes: list[int]
    text: str = ""  # of the master, beside its news
    lost: dict = field(default_factory=dict)  # what the killed worker had counted when it last told


def see(fleet: Fleet, lost: dict | None = None) -> Seen:
    codes = [member.end() for member in fleet.members]
    return Seen(fleet.target.log(), fleet.master.told("totals"), fleet.counted(),
                fleet.master.told("answer"), [worker.told("greeting") for worker in fleet.workers],
                codes, "".join(fleet.master.text), lost or {})


def stop_and_leave(fleet: Fleet, runs: int, **settings: float) -> None:
    fleet.tell("stop")
    fleet.until_runs_ended(runs, **settings)
    fleet.tell("quit")


def two_runs(folder: Path, master: Program, workers: list[Program]) -> Seen:
    """Up, down, messages, stop, start again, stop, quit."""
    with Fleet(folder, Target()) as fleet:
        fleet.start_master(master, len(workers), "-u", "4", "-r", "4")
        for worker in workers:
            # A master that never beats must not be taken for one that is gone.
            patience = ["--orphan-after", "5s"] if worker.name == "swarm" else []
            fleet.start_worker(worker, *patience)
        fleet.until_users(4)
        fleet.tell("ask " + json.dumps(ASKED))
        fleet.until("every worker answers", lambda: len(fleet.master.told("answer")) == len(workers))
        fleet.tell("start 9 6")
        fleet.until_users(9)
        fleet.until_more_requests(60)
        fleet.tell("start 2 6")
        fleet.until_users(2)
        fleet.until_more_requests(10)
        fleet.tell("again 6 6")
        fleet.until_runs_ended(1)
        fleet.until_users(6)
        fleet.until_more_requests(60)
        stop_and_leave(fleet, 2)
        return see(fleet)


def shape(folder: Path, master: Program, workers: list[Program]) -> Seen:
    """A load shape decides, and ends the run."""
    with Fleet(folder, Target(), "shaped.py") as fleet:
        fleet.start_master(master, len(workers), "--json")
        for worker in workers:
            fleet.start_worker(worker)
        for users in (4, 8, 2):
            fleet.until_users(users)
        return see(fleet)


def faults(folder: Path, master: Program, workers: list[Program]) -> Seen:
    """A worker is stopped for 8 s and goes on; another one is killed, and replaced by a new one."""
    with Fleet(folder, Target()) as fleet:
        rebalancing = [] if master.name == "swarm" else ["--enable-rebalancing"]
        fleet.start_master(master, 2, "-u", "4", "-r", "4", *rebalancing)
        stopped, killed = (fleet.start_worker(worker) for worker in workers)
        fleet.until_users(4)

        def alive() -> list[int]:
            return [users for state, users in fleet.seen().values() if state != "missing"]

        def there(number: int) -> bool:
            return len(alive()) == number and sum(alive()) == 4 and min(alive()) > 0

        stopped.send(signal.SIGSTOP)
        awake = time.monotonic() + 8
        fleet.until("one worker is missed", lambda: there(1))
        time.sleep(max(awake - time.monotonic(), 0))
        stopped.send(signal.SIGCONT)
        fleet.until("it is back", lambda: len(alive()) == 2)
        if master.name != "swarm":
            fleet.tell("start 4 4")  # by itself it leaves the users where they are
        fleet.until("it has users again", lambda: there(2))
        fleet.until_more_requests(30)
        killed.send(signal.SIGKILL)
        killed.end()
        lost = killed.newest("counted", {})
        fleet.until("the other is missed", lambda: there(1))
        fleet.start_worker(workers[1])
        fleet.until("another one takes its place", lambda: there(2))
        fleet.until_more_requests(30)
        # For a minute the killed one could come back with what it measured.
        stop_and_leave(fleet, 1, limit=100)
        return see(fleet, lost)


def boomer_run(folder: Path, master: Program, workers: list[Program]) -> Seen:
    """Goroutines for users: up, down, and the end."""
    folder.mkdir()
    with Fleet(folder, Target()) as fleet:
        fleet.start_master(master, 1, "-u", "2", "-r", "2")
        fleet.start_stranger(workers[0], ["--master-host", "127.0.0.1", "--master-port", fleet.port],
                             TARGET=fleet.target.url)
        for users in (2, 4, 1):
            if users != 2:
                fleet.tell(f"start {users} 4")
            fleet.until_users(users)
            fleet.until_more_requests(40)
        stop_and_leave(fleet, 1)
        return see(fleet)
