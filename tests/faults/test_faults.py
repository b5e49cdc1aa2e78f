"""Whatever happens to the wire and the processes: the target's log = what the master counted +
interrupted. Those marked `long` take minutes; `make faults` runs them."""

import functools
import re
import signal
import time

import pytest
from proxies import MessageProxy, TcpProxy

READY = r"reported as ready"
SPAWNED = "All users spawned|Spawning is complete"


def requests_after(target, count):
    """Waits until the target has seen so many requests more."""
    wanted = target.log()["requests"] + count
    while target.log()["requests"] < wanted:
        time.sleep(0.05)


def test_nothing_happens(fleet, target):
    run = fleet(40, 4)
    run.master.says(SPAWNED)
    requests_after(target, 5000)
    assert run.assert_exact() > 5000


@pytest.mark.parametrize("seconds", [
    5, pytest.param(30, marks=pytest.mark.long), pytest.param(90, marks=pytest.mark.long)])
def test_a_link_is_cut_and_comes_back(fleet, target, seconds):
    run = fleet(40, 3, "--orphan-after", "60")
    cable = TcpProxy(run.port)
    try:
        cut_off = run.start_worker("w3", cable.port)
        run.master.says(READY, times=4)
        run.master.says(SPAWNED)
        requests_after(target, 1000)
        cable.freeze()
        time.sleep(seconds)
        cable.thaw()
        requests_after(target, 1000)
        time.sleep(8)  # for as long as a report may wait for its turn
        run.assert_exact()
        assert cut_off.wait() == 0
    finally:
        cable.stop()


def test_connections_break_again_and_again(fleet, target):
    run = fleet(40, 3, wire=TcpProxy)
    run.master.says(SPAWNED)
    for _ in range(5):
        requests_after(target, 500)
        run.wire.break_connections()
    requests_after(target, 1000)
    time.sleep(8)
    run.assert_exact()


@pytest.mark.parametrize("n", [7, pytest.param(3, marks=pytest.mark.long)])
@pytest.mark.parametrize("failure", [
    pytest.param("lose", marks=pytest.mark.long), "repeat", "swap"])
def test_every_nth_message_fails(fleet, target, failure, n):
    run = fleet(40, 3, "--report-interval", "0.5",
                wire=functools.partial(MessageProxy, **{failure: n}))
    run.master.says(SPAWNED)
    while run.wire.failed < 10:
        requests_after(target, 1000)
    run.assert_exact()


@pytest.mark.long
def test_a_worker_is_stopped_and_goes_on(fleet, target):
    run = fleet(40, 3)
    run.master.says(SPAWNED)
    requests_after(target, 1000)
    run.workers[0].signal(signal.SIGSTOP)
    time.sleep(20)
    run.workers[0].signal(signal.SIGCONT)
    requests_after(target, 1000)
    time.sleep(8)
    run.assert_exact()


def test_two_workers_with_one_id(fleet, target):
    run = fleet(40, 3)
    run.master.says(SPAWNED)
    second = run.start_worker("w0")
    assert second.wait() == 1
    assert len(re.findall(r"(?m)^.*ERROR.*$", second.log)) == 1, second.log
    requests_after(target, 1000)
    run.assert_exact()


def test_the_master_is_killed_and_started_again(fleet, target):
    run = fleet(40, 4)
    run.master.says(SPAWNED)
    requests_after(target, 3000)
    run.replace_master()
    run.master.says(READY, times=4)
    requests_after(target, 3000)
    time.sleep(8)
    assert run.assert_exact() > 6000


@pytest.mark.long
def test_a_killed_worker_is_replaced_and_the_loss_is_bounded(fleet, target):
    run = fleet(400, 4, rate=20)
    run.master.says(READY, times=4)
    requests_after(target, 2000)
    run.workers[0].signal(signal.SIGKILL)
    run.workers[0].wait()
    run.start_worker("w4")
    run.master.says(SPAWNED, patience_s=120)
    requests_after(target, 2000)
    requests, interrupted = run.end()
    lost = target.log()["requests"] - requests - interrupted
    bound = re.search(r"w0 was lost [^:]*: (?:between (\d[\d,]*) and|up to) about (\d[\d,]*) requests",
                      run.master.log)
    assert bound, run.master.log[-3000:]
    least, most = (int((number or "0").replace(",", "")) for number in bound.groups())
    assert least <= lost <= most


def test_a_worker_that_is_told_to_go_loses_nothing(fleet, target):
    run = fleet(40, 3)
    run.master.says(SPAWNED)
    requests_after(target, 1000)
    run.workers[0].signal(signal.SIGTERM)
    assert run.workers[0].wait() == 0
    requests_after(target, 1000)
    run.assert_exact()


def test_permits_of_a_worker_that_goes_are_used_by_others(fleet, target):
    run = fleet(40, 3, "-n", "20000")
    run.master.says(SPAWNED)
    requests_after(target, 2000)
    run.workers[0].signal(signal.SIGTERM)
    requests, interrupted = run.result()
    assert requests == 20000
    assert target.log()["requests"] == requests + interrupted
