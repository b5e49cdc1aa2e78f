"""wait_time in all its forms."""

import _swarm
import pytest

from locust import (
    HttpUser, Locust, TaskSet, User, between, constant, constant_pacing, constant_throughput,
    poisson, task)
from locust.exception import MissingWaitTimeError
from locust.user import wait_time
from support import environment_of, run


def pauses_of(user_class, waits=3):
    run(user_class, waits)
    return _swarm.UserCore.pauses


def user_of(base=User, task_set=None, **members):
    tasks = task_set or (lambda user: None)
    return type("Tested", (base,), {"tasks": [tasks], **members})


def set_of(**members):
    return type("Set", (TaskSet,), {"tasks": [lambda task_set: None], **members})


class Clock:
    """What wait functions read as time."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr(wait_time, "time", lambda: self.now)


def test_constant_is_constant():
    assert pauses_of(user_of(wait_time=constant(3))) == [3, 3, 3]


def test_a_user_does_not_wait_unless_told_to():
    assert pauses_of(user_of()) == [0, 0, 0]


def test_between_is_between():
    pauses = pauses_of(user_of(wait_time=between(2, 5)), waits=500)
    assert 2 <= min(pauses) < 2.1 and 4.9 < max(pauses) <= 5


@pytest.mark.parametrize("make", [lambda: constant_pacing(10), lambda: constant_throughput(0.1)])
def test_pacing_takes_the_time_of_the_task_off(make, monkeypatch):
    clock = Clock(monkeypatch)
    user = user_of(wait_time=make())(environment_of())
    user._cp_last_run = clock.now
    waited = []
    for took in (4, 10, 12, 0):
        clock.now += took
        waited.append(user.wait_time())
        clock.now += waited[-1]
    assert waited == pytest.approx([6, 0, 0, 10])


@pytest.mark.parametrize("function", [
    lambda self: 4, staticmethod(lambda: 4), classmethod(lambda cls: 4)])
def test_any_callable_is_a_wait_time(function):
    assert pauses_of(user_of(wait_time=function), waits=1) == [4]


def test_a_task_sets_wait_time_precedes_the_users_and_is_bound_to_the_task_set():
    bound = []

    def own(self):
        bound.append(type(self).__name__)
        return 4

    user_class = user_of(task_set=set_of(wait_time=own), wait_time=constant(9))
    assert pauses_of(user_class, waits=1) == [4]
    assert bound == ["Set"]


def test_pacing_of_a_task_set_counts_from_the_task_sets_start(monkeypatch):
    clock = Clock(monkeypatch)

    def on_start(self):
        self._cp_last_run = clock.now - 4

    user_class = user_of(task_set=set_of(wait_time=constant_pacing(10), on_start=on_start))
    assert pauses_of(user_class, waits=1) == pytest.approx([6])


def test_a_nested_task_set_waits_as_the_user_not_as_its_parent():
    outer = set_of(wait_time=constant(4), tasks=[set_of()])
    assert pauses_of(user_of(task_set=outer, wait_time=constant(9)), waits=1) == [9]


def test_a_user_may_change_its_wait_time_while_it_runs():
    class Tested(User):
        wait_time = constant(1)

        @task
        def slow_down(self):
            self.wait_time = constant(5).__get__(self)

    assert pauses_of(Tested) == [5, 5, 5]


def test_without_any_wait_time_the_user_ends():
    with pytest.raises(MissingWaitTimeError):
        run(user_of(wait_time=None))


class TestMilliseconds:
    """min_wait, max_wait and wait_function, as before Locust 0.13."""

    @pytest.mark.parametrize("base", [User, HttpUser, Locust])
    def test_of_a_user(self, base):
        members = {"__init__": User.__init__} if base is HttpUser else {}
        user_class = user_of(base, min_wait=2000, max_wait=5000, **members)
        pauses = pauses_of(user_class, waits=300)
        assert 2 <= min(pauses) < 2.3 and 4.7 < max(pauses) <= 5

    def test_a_locust_of_old_waits_a_second(self):
        assert pauses_of(user_of(Locust)) == [1, 1, 1]

    def test_one_without_the_other(self):
        pauses = pauses_of(user_of(max_wait=2000), waits=300)
        assert 1 <= min(pauses) and max(pauses) <= 2

    def test_of_a_task_set(self):
        task_set = set_of(min_wait=4000, max_wait=4000)
        assert pauses_of(user_of(task_set=task_set), waits=1) == [4]

    def test_a_task_set_takes_what_it_lacks_from_its_user(self):
        task_set = set_of(max_wait=6000)
        user_class = user_of(Locust, task_set, min_wait=6000, max_wait=9000)
        assert pauses_of(user_class, waits=1) == [6]

    def test_a_task_set_shows_its_users(self):
        seen = []

        class Set(TaskSet):
            @task
            def look(self):
                seen.append((self.min_wait, self.max_wait))

        run(user_of(Locust, Set, min_wait=500, max_wait=1500))
        assert seen == [(500, 1500)]

    def test_a_task_set_may_set_them_while_it_runs(self):
        class Set(TaskSet):
            @task
            def slow_down(self):
                self.min_wait = self.max_wait = 3000

        assert pauses_of(user_of(Locust, Set)) == [3, 3, 3]

    def test_an_explicit_wait_time_of_the_user_precedes_those_of_its_task_set(self):
        task_set = set_of(min_wait=4000, max_wait=4000)
        assert pauses_of(user_of(task_set=task_set, wait_time=constant(9)), waits=1) == [9]

    def test_the_most_derived_class_decides(self):
        old = user_of(min_wait=4000, max_wait=4000)
        assert pauses_of(type("New", (old,), {"wait_time": constant(9)}), waits=1) == [9]
        _swarm.UserCore.pauses.clear()
        new = user_of(wait_time=constant(9))
        assert pauses_of(type("Old", (new,), {"min_wait": 4000, "max_wait": 4000}), waits=1) == [4]

    def test_within_a_class_wait_time_decides(self):
        user_class = user_of(wait_time=constant(9), min_wait=4000, max_wait=4000)
        assert pauses_of(user_class, waits=1) == [9]

    def test_of_a_mixin(self):
        mixin = type("Mixin", (), {"min_wait": 4000, "max_wait": 4000})
        user_class = type("Tested", (mixin, User), {"tasks": [lambda user: None]})
        assert pauses_of(user_class, waits=1) == [4]

    def test_wait_function_of_a_user_and_of_a_task_set(self):
        user_class = user_of(wait_function=lambda self: 2500, min_wait=1)
        assert pauses_of(user_class, waits=1) == [2.5]
        _swarm.UserCore.pauses.clear()
        task_set = set_of(wait_function=lambda self: 1500)
        assert pauses_of(user_of(Locust, task_set), waits=1) == [1.5]

    def test_get_wait_secs_may_be_overridden(self):
        task_set = set_of(get_wait_secs=lambda self: 0.25)
        assert pauses_of(user_of(Locust, task_set), waits=1) == [0.25]


@pytest.mark.parametrize("user_class, mean_s", [
    (user_of(), 0), (user_of(wait_time=between(1, 5)), 3), (user_of(wait_time=constant(2)), 2),
    (user_of(wait_time=constant_throughput(0.5)), 2), (user_of(Locust), 1),
    (user_of(Locust, set_of(), min_wait=1000, max_wait=5000), 3),
    (user_of(wait_time=lambda self: 3), None),
    (user_of(task_set=set_of(wait_time=constant(1))), None),
    (user_of(task_set=set_of(wait_time=lambda self: 1)), None),
    (user_of(task_set=set_of(min_wait=1)), None)])
def test_the_mean_is_known_if_it_can_be(user_class, mean_s):
    assert user_class._mean_wait() == mean_s


class TestPoisson:
    def test_waits_as_long_as_its_rate_says_on_average(self):
        user = User()
        wait_time = poisson(4)
        waits = [wait_time(user) for _ in range(20_000)]
        assert 0.24 < sum(waits) / len(waits) < 0.26
        assert min(waits) < 0.01 and max(waits) > 1

    @pytest.mark.parametrize("rate", [0, -1])
    def test_needs_a_rate(self, rate):
        with pytest.raises(ValueError, match="above 0"):
            poisson(rate)

    def test_tells_its_mean(self):
        assert poisson(4).mean_s == 0.25
