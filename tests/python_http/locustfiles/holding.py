"""Users that hold the loop where $PLACE says, as a library does that knows nothing of gevent."""

import os

import gevent
from gevent import monkey
from locust import TaskSet, User, constant, events, task

block = monkey.get_original("time", "sleep")
HELD_S = 0.3


def hold(place):
    if os.environ["PLACE"] == place:
        block(HELD_S)


class Waiting(User):
    """Waits between its tasks."""

    wait_time = constant(0.01)

    def on_start(self):
        gevent.sleep(0.01)
        hold("on_start")

    @task
    def first(self):
        gevent.sleep(0.01)
        hold("before the wait")

    def on_stop(self):
        gevent.sleep(0.01)
        hold("on_stop")


class Leaving(User):
    """Is told to stop by its own task: what that took must not be blamed on on_stop."""

    @task
    def leave(self):
        gevent.sleep(0.01)
        hold("before the end")
        self.stop()

    def on_stop(self):
        gevent.sleep(0.01)


class Abrupt(User):
    """Is stopped while it waits."""

    wait_time = constant(10)

    @task
    def pass_by(self):
        pass

    def on_stop(self):
        hold("on_stop at once")


class Hasty(User):
    """Does not wait: what a task takes must not be blamed on the next one."""

    @task
    class Tour(TaskSet):
        turn = 0

        def get_next_task(self):
            self.turn += 1
            return Tour_tasks[self.turn % 2]


def guilty(task_set):
    gevent.sleep(0.01)
    hold("between hasty tasks")


def innocent(task_set):
    gevent.sleep(0.01)


Tour_tasks = [guilty, innocent]
Hasty.tasks[0].tasks = Tour_tasks


class Patient(User):
    """Only waits."""

    wait_time = constant(0.01)

    @task
    def wait_long(self):
        gevent.sleep(HELD_S)


@events.test_start.add_listener
def begin(**_):
    hold("test_start")


@events.init.add_listener
def beside(environment, **_):
    def work():
        gevent.sleep(0.2)
        hold("a greenlet")
        gevent.sleep(0.01)

    gevent.spawn(work)
