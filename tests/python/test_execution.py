"""What a user does, step by step, in both loops: the quick one of task sets that override nothing,
and the plain one of all others."""

import logging

import pytest
from gevent import GreenletExit

from locust import SequentialTaskSet, TaskSet, User, constant, events, task
from locust.exception import (
    InterruptTaskSet, RescheduleTask, RescheduleTaskImmediately, StopTest, StopUser)
from support import environment_of, run


@pytest.fixture(autouse=True, params=["quick", "plain"])
def loop(request, monkeypatch):
    if request.param == "plain":
        monkeypatch.setattr(TaskSet, "_is_plain", lambda self: False)


class Steps:
    """A task that does something else each time, and says what happened around it."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.said = []

    def next(self, owner):
        if not self.steps:
            raise StopUser
        step = self.steps.pop(0)
        self.said.append(step if isinstance(step, str) else getattr(step, "__name__", "step"))
        if isinstance(step, (type, BaseException)):
            raise step
        if callable(step):
            step(owner)


def user_with(steps, **members):
    """A user whose only task takes the steps, and which writes its life into steps.said."""

    class Tested(User):
        wait_time = constant(7)

        def on_start(self):
            steps.said.append("start")

        def on_stop(self):
            steps.said.append("stop")

        @task
        def act(self):
            steps.next(self)

    for name, member in members.items():
        setattr(Tested, name, member)
    return Tested


def nested(steps, **members):
    """A user with one task set that takes the steps."""

    class Inner(TaskSet):
        def on_start(self):
            steps.said.append("inner start")

        def on_stop(self):
            steps.said.append("inner stop")

        @task
        def act(self):
            steps.next(self)

    for name, member in members.items():
        setattr(Inner, name, member)

    class Outer(User):
        tasks = [Inner]
        wait_time = constant(7)

        def on_stop(self):
            steps.said.append("stop")

    return Outer


def pauses():
    import _swarm

    return _swarm.UserCore.pauses


def test_starts_then_tasks_with_waits_between_then_stops():
    steps = Steps("a", "b")
    run(user_with(steps), waits=9)
    assert steps.said == ["start", "a", "b", "stop"]
    assert pauses() == [7, 7]


def test_an_exception_in_on_start_is_reported_and_ends_the_user(caplog, engine):
    steps = Steps("never")

    def on_start(self):
        raise ValueError("no luck")

    with pytest.raises(ValueError):
        run(user_with(steps, on_start=on_start))
    assert steps.said == []
    assert "no luck\nTraceback" in caplog.text
    assert [message for message, _ in engine.exceptions] == ["no luck"]


@pytest.mark.parametrize("stop", [StopUser, GreenletExit, StopUser("why")])
def test_stop_user_and_kill_end_task_set_then_user(stop):
    steps = Steps(stop)
    run(nested(steps))
    assert steps.said[-2:] == ["inner stop", "stop"]
    assert pauses() == []


def test_a_user_that_is_to_stop_finishes_its_task_first():
    def order(owner):
        owner.stop()

    steps = Steps(order, "never")
    run(user_with(steps), waits=9)
    assert steps.said == ["start", "order", "stop"]
    assert pauses() == []


def test_a_user_stopped_in_on_start_executes_nothing():
    steps = Steps("never")
    run(user_with(steps, on_start=lambda self: self.stop()))
    assert steps.said == ["stop"]


def test_a_user_is_waiting_while_it_waits_and_running_while_it_acts():
    import _swarm

    states = []
    steps = Steps(lambda user: states.append(user._state), lambda user: states.append(user._state))

    user_class = user_with(steps)
    user = user_class(environment_of(user_class))
    _swarm.UserCore.during_pause = lambda user, seconds: states.append(user._state)
    user.run()
    assert states == ["running", "waiting", "running", "waiting"]


def test_stop_during_a_wait_takes_effect_after_it():
    import _swarm

    steps = Steps("a", "never")
    user_class = user_with(steps)
    user = user_class(environment_of(user_class))

    def during_pause(user, seconds):
        user._state = "stopping"

    _swarm.UserCore.during_pause = during_pause
    user.run()
    assert steps.said == ["start", "a", "stop"]


def test_reschedule_task_waits_and_reschedule_immediately_does_not():
    steps = Steps(RescheduleTask, RescheduleTaskImmediately, "c")
    run(user_with(steps), waits=9)
    assert steps.said[1:-1] == ["RescheduleTask", "RescheduleTaskImmediately", "c"]
    assert pauses() == [7, 7]


def test_interrupt_goes_on_in_the_parent_with_a_new_task_set():
    seen = []

    def leave(task_set):
        seen.append(task_set)
        task_set.interrupt()

    steps = Steps(leave, leave)
    run(nested(steps), waits=9)
    assert steps.said == ["inner start", "leave", "inner stop", "inner start", "leave", "inner stop",
                          "inner start", "inner stop", "stop"]
    assert seen[0] is not seen[1]
    assert pauses() == []


def test_interrupt_without_reschedule_waits_in_the_parent():
    steps = Steps(lambda task_set: task_set.interrupt(reschedule=False))
    run(nested(steps), waits=9)
    assert pauses() == [7]


@pytest.mark.parametrize("reschedule, waited", [(True, []), (False, [7])])
def test_interrupt_in_on_start_of_a_task_set(reschedule, waited):
    steps = Steps("never")
    entered = []

    def on_start(self):
        entered.append(self)
        if len(entered) > 1:
            raise StopUser
        self.interrupt(reschedule)

    run(nested(steps, on_start=on_start), waits=9)
    assert len(entered) == 2
    assert steps.said == ["stop"]  # what was left in on_start has no on_stop
    assert pauses() == waited


def test_interrupt_in_a_task_of_the_user_itself_ends_the_user():
    with pytest.raises(RescheduleTaskImmediately):
        run(user_with(Steps(InterruptTaskSet)))
    with pytest.raises(RescheduleTask):
        run(user_with(Steps(InterruptTaskSet(reschedule=False))))


def test_an_exception_in_on_stop_of_an_interrupted_task_set_is_logged(caplog):
    steps = Steps(InterruptTaskSet, "again")

    def on_stop(self):
        steps.said.append("inner stop")
        raise ValueError("bad end")

    run(nested(steps, on_stop=on_stop), waits=1)
    assert steps.said == ["inner start", "InterruptTaskSet", "inner stop", "inner start", "again",
                          "inner stop", "stop"]
    assert caplog.text.count("Exception in on_stop") == 2  # interrupted, then stopped


def test_stop_user_in_on_stop_of_an_interrupted_task_set_ends_the_user():
    steps = Steps(InterruptTaskSet, "never")

    def on_stop(self):
        raise StopUser

    run(nested(steps, on_stop=on_stop))
    assert steps.said == ["inner start", "InterruptTaskSet", "stop"]


def test_an_exception_is_told_logged_counted_and_waited_after(caplog, engine):
    told = []
    events.user_error.add_listener(lambda **news: told.append(news))
    steps = Steps(ValueError("broken"), "next")
    run(user_with(steps), waits=2)
    assert steps.said == ["start", "step", "next", "stop"]
    assert pauses() == [7, 7]
    assert [str(news["exception"]) for news in told] == ["broken"]
    assert type(told[0]["user_instance"]).__name__ == "DefaultTaskSet"
    assert told[0]["tb"] is told[0]["exception"].__traceback__
    assert ("locust.user.task", logging.ERROR) in [(r.name, r.levelno) for r in caplog.records]
    (message, tb), = engine.exceptions
    assert message == "broken" and "in act" in tb and not tb.startswith("Traceback")


def test_an_exception_in_a_nested_task_set_names_it_and_stays_in_it():
    told = []
    events.user_error.add_listener(lambda user_instance, **_: told.append(user_instance))
    steps = Steps(ValueError, "next")
    run(nested(steps), waits=2)
    assert type(told[0]).__name__ == "Inner"
    assert steps.said == ["inner start", "ValueError", "next", "inner stop", "stop"]


def test_without_catch_exceptions_an_exception_ends_the_user():
    with pytest.raises(ValueError):
        run(user_with(Steps(ValueError)), catch_exceptions=False)


def test_a_stop_in_the_wait_after_an_exception_skips_that_task_sets_on_stop():
    # As in Locust: the wait is part of handling the exception.
    def fail_and_stop(task_set):
        task_set.user._state = "stopping"
        raise ValueError

    steps = Steps(fail_and_stop)
    run(nested(steps))
    assert steps.said == ["inner start", "fail_and_stop", "stop"]


def test_stop_test_ends_the_user_and_stops_the_run(caplog, engine):
    steps = Steps(StopTest("enough"))
    run(user_with(steps))
    assert steps.said[-1] == "stop"
    assert engine.orders == [("stop",)]
    assert [r.getMessage() for r in caplog.records] == ["enough", "Stopping Locust..."]


def test_stop_test_of_a_headless_run_quits(engine):
    from argparse import Namespace

    run(user_with(Steps(StopTest())), parsed_options=Namespace(headless=True))
    assert engine.orders == [("quit",)]


def test_a_scheduled_task_comes_before_chosen_ones():
    steps = Steps("a", lambda user: None)

    def extra(owner):
        steps.said.append("extra")

    def urgent(owner):
        steps.said.append("urgent")

    def schedule(user):
        user._taskset_instance.schedule_task(extra)
        user._taskset_instance.schedule_task(urgent, first=True)

    steps.steps.insert(0, schedule)
    run(user_with(steps), waits=4)
    assert steps.said == ["start", "schedule", "urgent", "extra", "a", "stop"]
    assert pauses() == [7, 7, 7, 7]


def test_scheduled_tasks_may_be_bound_methods_and_task_sets():
    said = []

    class Inner(TaskSet):
        @task
        def leave(self):
            said.append(type(self.parent).__name__)
            self.interrupt()

    class Set(TaskSet):
        def on_start(self):
            self.schedule_task(self.method)
            self.schedule_task(Inner)
            self.schedule_task(lambda task_set: said.append(task_set is self))

        def method(self):
            said.append("method")

        @task
        def end(self):
            raise StopUser

    class Tested(User):
        tasks = [Set]

    run(Tested, waits=9)
    assert said == ["method", "Set", True]


def test_scheduled_tasks_of_the_user_itself_may_be_its_methods():
    steps = Steps(lambda user: user._taskset_instance.schedule_task(user.method), "next")
    run(user_with(steps, method=lambda self: steps.said.append("method")), waits=3)
    assert steps.said == ["start", "<lambda>", "method", "next", "stop"]


def test_task_sets_know_user_parent_and_client():
    seen = {}

    class Inner(TaskSet):
        @task
        def look(self):
            seen["inner"] = self
            raise StopUser

    class Outer(TaskSet):
        tasks = [Inner]

        def on_start(self):
            seen["outer"] = self

    class Tested(User):
        tasks = [Outer]
        client = "the client"

    user = run(Tested)
    assert seen["inner"].parent is seen["outer"] and seen["outer"].parent is user
    assert seen["inner"].user is seen["outer"].user is user
    assert seen["inner"].client == "the client"


def test_tasks_are_chosen_in_proportion_to_their_weights():
    counts = {"often": 0, "seldom": 0}

    class Tested(User):
        @task(3)
        def often(self):
            counts["often"] += 1

        @task
        def seldom(self):
            counts["seldom"] += 1

    run(Tested, waits=4000)
    assert sum(counts.values()) == 4000
    assert 2800 < counts["often"] < 3200  # 3,000 expected; 7 standard deviations


def test_tasks_may_change_while_the_user_runs():
    said = []

    class Tested(User):
        @task
        def first(self):
            self.tasks = [lambda user: said.append("second")]

    run(Tested, waits=3)
    assert said == ["second", "second"]


@pytest.mark.parametrize("members, hinted", [({}, False), ({"task": 1}, True)])
def test_a_user_without_tasks_says_so(members, hinted, engine):
    run(type("Idle", (User,), members), waits=1)
    (message, _), = engine.exceptions
    assert message.startswith("No tasks defined on Idle") and "abstract" in message
    assert ("is an s missing?" in message) is hinted


@pytest.mark.parametrize("kind", [TaskSet, SequentialTaskSet])
def test_a_task_set_without_tasks_says_so(kind, engine):
    run(type("Tested", (User,), {"tasks": [type("Empty", (kind,), {})]}), waits=1)
    (message, _), = engine.exceptions
    assert message.startswith("No tasks defined on Empty") and "abstract" not in message


def test_a_sequence_executes_in_order_and_again():
    said = []

    class Sequence(SequentialTaskSet):
        @task
        def b(self):
            said.append("b")

        tasks = [lambda task_set: said.append("listed")]

        @task(2)
        def a(self):
            said.append("a")

    class Tested(User):
        tasks = [Sequence]

    run(Tested, waits=6)
    assert said == ["b", "listed", "a", "a", "b", "listed"]


def test_user_wait_is_a_wait_within_a_task():
    steps = Steps(lambda user: user.wait())
    run(user_with(steps), waits=9)
    assert pauses() == [7, 7]
