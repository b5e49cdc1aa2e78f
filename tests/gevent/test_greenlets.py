"""Greenlets that are parked by C++: woken, killed, timed out, and switched to by others. Whatever
happens, nothing of them is left."""

import gc
import sys
import weakref

import gevent
import greenlet
import pytest
from gevent import monkey
from gevent.exceptions import BlockingSwitchOutError

import _swarm

MANY = 10_000
FOR_EVER = 1e6


class User(_swarm.UserCore):
    pass


def pause(_user):
    _swarm.sleep(FOR_EVER)


def wait(user):
    user.wait(FOR_EVER)


def a_turn(_user):
    _swarm.sleep(0)


WAYS_TO_WAIT = [pause, wait, a_turn]


@pytest.fixture
def nothing_left():
    """Of greenlets, users, what keeps the loop running, and references there are not more than
    before. (There may be less: of what earlier tests left, or of a thread pool.)"""
    def counts():
        gc.collect()
        objects = gc.get_objects()
        return (sum(isinstance(o, greenlet.greenlet) for o in objects),
                sum(isinstance(o, User) for o in objects),
                gevent.get_hub().loop.activecnt)

    gevent.idle()
    before, references = counts(), sys.getrefcount(gevent.get_hub())
    yield
    gevent.idle()
    assert all(now <= then for now, then in zip(counts(), before)), (counts(), before)
    assert sys.getrefcount(gevent.get_hub()) < references + 10


@pytest.mark.parametrize("way", WAYS_TO_WAIT)
def test_kill(way, nothing_left):
    ended = 0
    for _ in range(MANY // 100):
        users = [gevent.spawn(way, User()) for _ in range(100)]
        gevent.sleep(0)
        gevent.killall(users)
        ended += sum(user.ready() for user in users)
    assert ended == MANY


@pytest.mark.parametrize("way", WAYS_TO_WAIT[:2])
def test_timeout(way, nothing_left):
    user, timed_out = User(), 0
    for _ in range(MANY):
        try:
            with gevent.Timeout(1e-6):
                way(user)
        except gevent.Timeout:
            timed_out += 1
    assert timed_out == MANY


def test_timeout_or_end_whichever_comes_first(nothing_left):
    """Both in the same turn: one of them happens, and no wake comes later to where it is not due."""
    user, outcomes = User(), [0, 0]
    for n in range(MANY):
        try:
            with gevent.Timeout(1e-5 if n % 2 else 2e-5):
                user.wait(1e-5)
            outcomes[0] += 1
        except gevent.Timeout:
            outcomes[1] += 1
    assert sum(outcomes) == MANY


def test_the_user_is_freed_with_its_greenlet(nothing_left):
    user = User()
    dead = weakref.ref(user)
    parked = gevent.spawn(user.wait, FOR_EVER)
    gevent.sleep(0)
    del user
    assert dead() is not None
    parked.kill()
    del parked
    gc.collect()
    assert dead() is None


def test_kill_of_one_that_is_ready_already(nothing_left):
    """It is on the list when it is killed, and not on it when its turn would have come."""
    ran = []

    def body():
        _swarm.sleep(0)
        ran.append(True)

    victim = gevent.spawn(body)
    gevent.spawn(lambda: victim.kill(block=False))
    gevent.idle()
    assert victim.ready() and not ran


def test_an_end_that_is_not_caught_goes_to_the_hub_with_the_greenlet(hub_errors):
    def body():
        _swarm.sleep(0)
        raise LookupError("x")

    raw = gevent.spawn_raw(body)
    gevent.idle()
    gevent.idle()
    assert [(context, type(error)) for context, error in hub_errors] == [(raw, LookupError)]


def test_others_may_switch_to_it_in_vain():
    sleeper = gevent.spawn(_swarm.sleep, FOR_EVER)
    gevent.sleep(0)
    for _ in range(100):
        gevent.get_hub().loop.run_callback(sleeper.switch, "nothing that it waits for")
        gevent.sleep(0)
    assert not sleeper.ready()
    sleeper.kill()


def test_those_that_yield_take_turns():
    told = []

    def body(name):
        for n in range(3):
            told.append((n, name))
            _swarm.sleep(0)

    gevent.joinall([gevent.spawn(body, name) for name in "abc"])
    assert told == [(n, name) for n in range(3) for name in "abc"]


def test_those_that_wait_less_go_first():
    told = []

    def body(seconds):
        _swarm.sleep(seconds)
        told.append(seconds)

    gevent.joinall([gevent.spawn(body, n / 1000) for n in (3, 1, 2)])
    assert told == [0.001, 0.002, 0.003]


def test_the_hub_cannot_wait(hub_errors):
    gevent.get_hub().loop.run_callback(_swarm.sleep, 1)
    gevent.idle()
    assert [type(error) for _, error in hub_errors] == [BlockingSwitchOutError]


def test_main_greenlet_sleeps_as_all_others():
    other = gevent.spawn(_swarm.sleep, 0)
    _swarm.sleep(0.001)
    assert other.ready()


def test_other_threads_sleep_on_hubs_of_their_own():
    def work():
        sleepers = [gevent.spawn(_swarm.sleep, 0.001) for _ in range(3)]
        gevent.joinall(sleepers)
        return all(sleeper.successful() for sleeper in sleepers)

    assert gevent.get_hub().threadpool.apply(work)


def test_other_threads_cannot_wait_as_users():
    def work():
        with pytest.raises(RuntimeError, match="main thread"):
            User().wait(1)
        return True

    assert gevent.get_hub().threadpool.apply(work)


@pytest.mark.parametrize("bad", ["1", None])
def test_a_time_is_a_number(bad):
    with pytest.raises(TypeError):
        _swarm.sleep(bad)
    with pytest.raises(TypeError):
        User().wait(bad)


@pytest.mark.parametrize("endless", [float("inf"), 1e300])
def test_endless_is_long(endless):
    sleeper = gevent.spawn(_swarm.sleep, endless)
    gevent.idle()
    assert not sleeper.ready()
    sleeper.kill()


def test_what_is_no_time_is_a_turn():
    _swarm.sleep(float("nan"))
    _swarm.sleep(-1)
    User().wait(float("nan"))


def test_a_user_that_was_switched_out_anyway_does_not_yield_again():
    user, told = User(), []

    def other():
        told.append("other")

    user.wait(0)
    gevent.idle()
    gevent.spawn(other)
    user.wait(0)  # the loop went round since the last wait
    assert told == []
    user.wait(0)  # not since this one
    assert told == ["other"]


def test_users_may_be_of_several_classes_and_have_attributes():
    class Base:
        word = "w"

    class Mixed(Base, User):
        def __init__(self, name):
            self.name = name

    user = Mixed("x")
    assert (user.word, user.name, user._swarm_id) == ("w", "x", 0)
    user._swarm_id = 2**63
    assert user._swarm_id == 2**63


def test_monkey_patched_sleep_and_ours_share_the_loop():
    told = []
    native_sleep = monkey.get_original("time", "sleep")
    import time

    assert time.sleep is not native_sleep
    both = [gevent.spawn(lambda: (time.sleep(0.001), told.append(1))),
            gevent.spawn(lambda: (_swarm.sleep(0.001), told.append(2)))]
    gevent.joinall(both)
    assert sorted(told) == [1, 2]
