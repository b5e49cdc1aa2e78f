"""Each step of the loop may be overridden, or replaced from outside."""

import _swarm
import pytest

from locust import TaskSet, User, constant, task
from support import run


def run_with(waits=2, **members):
    said = []

    class Set(TaskSet):
        @task
        def act(self):
            said.append("act")

    for name, make in members.items():
        setattr(Set, name, make(said))

    class Tested(User):
        tasks = [Set]
        wait_time = constant(7)

    run(Tested, waits)
    return said


def test_get_next_task():
    def make(said):
        return lambda self: lambda task_set: said.append("chosen")

    assert run_with(get_next_task=make) == ["chosen", "chosen"]


def test_get_next_task_that_schedules():
    def make(said):
        def get_next_task(self):
            self.schedule_task(lambda task_set: said.append("queued"))
            return lambda task_set: said.append("chosen")

        return get_next_task

    assert run_with(3, get_next_task=make) == ["queued", "chosen", "queued"]


@pytest.mark.parametrize("step", ["execute_task", "schedule_task"])
def test_steps_with_a_task(step):
    def make(said):
        def override(self, task, *args, **kwargs):
            said.append(step)
            getattr(TaskSet, step)(self, task, *args, **kwargs)

        return override

    assert run_with(**{step: make}) == [step, "act"] * 2


@pytest.mark.parametrize("step", ["execute_next_task", "wait"])
def test_steps_without_arguments(step):
    def make(said):
        def override(self):
            said.append(step)
            getattr(TaskSet, step)(self)

        return override

    said = run_with(**{step: make})
    assert said == {"execute_next_task": [step, "act"] * 2, "wait": ["act", step] * 2}[step]


def test_sleep():
    slept = []

    def make(said):
        def _sleep(self, seconds):
            slept.append(seconds)
            TaskSet._sleep(self, seconds)

        return _sleep

    run_with(_sleep=make)
    assert slept == [7, 7]


def test_wait_time():
    run_with(wait_time=lambda said: constant(3))
    assert _swarm.UserCore.pauses == [3, 3]


def test_of_one_instance():
    def make(said):
        def on_start(self):
            self.execute_task = lambda task: said.append("instead")

        return on_start

    assert run_with(on_start=make) == ["instead", "instead"]


@pytest.mark.parametrize("kind", ["TaskSet", "DefaultTaskSet"])
def test_replaced_for_all(kind, monkeypatch):
    from locust.user.task import DefaultTaskSet

    said = []
    kind = {"TaskSet": TaskSet, "DefaultTaskSet": DefaultTaskSet}[kind]
    original = kind.execute_task

    def replacement(self, task):
        said.append(kind.__name__)
        original(self, task)

    monkeypatch.setattr(kind, "execute_task", replacement)

    class Tested(User):
        tasks = [type("Set", (TaskSet,), {"tasks": [lambda task_set: None]})]

    run(Tested, waits=2)
    assert said == {"TaskSet": ["TaskSet"] * 2, "DefaultTaskSet": ["DefaultTaskSet"]}[kind.__name__]


def test_with_nothing_overridden_the_quick_loop_runs(monkeypatch):
    seen = []

    class Set(TaskSet):
        @task
        def act(self):
            seen.append(self)

    class Tested(User):
        tasks = [Set]

    def slow(self):
        raise AssertionError("the plain loop runs")

    monkeypatch.setattr(TaskSet, "_turns", slow)
    run(Tested, waits=2)
    assert len(seen) == 2 and seen[0]._waits_as_user()
    seen[0].wait_time = constant(3)
    assert not seen[0]._waits_as_user()


def test_the_plain_loop_executes_nothing_for_a_user_that_is_to_stop():
    def on_start(self):
        self.user.stop()

    said = run_with(2, on_start=lambda said: on_start, wait=lambda said: lambda self: None)
    assert said == []
