"""locust._holder: who is named when somebody held the loop."""

import gevent
import gevent.event
import pytest
from greenlet import greenlet

from locust import SequentialTaskSet, TaskSet, User, _holder, task
from locust._apart import ListenersGreenlet
from locust._population import Population, UserGreenlet
from support import environment_of


@pytest.fixture
def name_of():
    """The name of a user that waits where its class says."""
    started = []

    def name_of(user_class):
        user = UserGreenlet(1, user_class, Population(environment_of(user_class)))
        started.append(user)
        user.start()
        for _ in range(5):
            gevent.sleep(0)
        return _holder.name(user)

    yield name_of
    gevent.killall(started)


def wait():
    gevent.event.Event().wait()


class InTask(User):
    @task
    def index(self):
        wait()


class InTaskOfItsSet(User):
    @task
    class Browse(TaskSet):
        @task
        class Cart(TaskSet):
            @task
            def add(self):
                wait()


class InSequence(User):
    @task
    class Steps(SequentialTaskSet):
        @task
        def first(self):
            self.interrupt_later = True

        @task
        def second(self):
            wait()


class InPlainLoop(User):
    def wait(self):
        super().wait()

    @task
    class Loop(TaskSet):
        def execute_task(self, *args):
            super().execute_task(*args)

        @task
        def index(self):
            wait()


class InQueue(User):
    @task
    class Queued(TaskSet):
        def on_start(self):
            self.schedule_task(self.later)

        def later(self):
            wait()

        @task
        def never(self):
            pass


class InOnStart(User):
    tasks = [print]

    def on_start(self):
        wait()


class InInit(User):
    tasks = [print]

    def __init__(self, *args):
        super().__init__(*args)
        wait()


@pytest.mark.parametrize("user_class, name", [
    (InTask, "InTask.index"), (InTaskOfItsSet, "InTaskOfItsSet.Browse.Cart.add"),
    (InSequence, "InSequence.Steps.second"), (InPlainLoop, "InPlainLoop.Loop.index"),
    (InQueue, "InQueue.Queued.later"), (InOnStart, "InOnStart.on_start"), (InInit, "InInit")])
def test_users_are_named_with_their_task(name_of, user_class, name):
    assert name_of(user_class) == name


def test_the_task_that_is_over_is_named_until_the_next_one_begins():
    names = []

    class Between(User):
        @task
        def index(self):
            pass

        def wait_time(self):
            names.append(_holder.name(gevent.getcurrent()))
            raise gevent.GreenletExit

    user = UserGreenlet(1, Between, Population(environment_of(Between)))
    user.start()
    user.join()
    assert names == ["Between.index"]


def test_users_that_are_gone_are_named_by_their_class():
    user = UserGreenlet(1, InTask, Population(environment_of(InTask)))
    user.start()
    gevent.sleep(0)
    user.kill()
    assert _holder.name(user) == "InTask"


def test_others_are_named_by_what_they_run():
    def work():
        pass

    hook = ListenersGreenlet("test_start", None, {})
    assert _holder.name(gevent.Greenlet(work)).endswith("test_others_are_named_by_what_they_run."
                                                        "<locals>.work")
    assert _holder.name(hook) == "A listener of test_start"
    assert _holder.name(greenlet(work)) == "A greenlet"
    assert _holder.name(None) == "A callback of the event loop"


def test_the_main_greenlet_is_the_programs():
    assert _holder.name(gevent.getcurrent()) is None
