# -*- coding: utf-8 -*-
# Readers and writers of a forum; nested task sets, as people wrote them in the early days.
import gevent
from locust import HttpUser, TaskSet, constant, events, task
from locust.contrib.fasthttp import FastHttpUser
from locust.runners import STATE_CLEANUP, STATE_STOPPED, STATE_STOPPING

ENOUGH = 5000  # requests


def index(l):
    # l is the task set, or the user, that the task was chosen by
    l.client.get("/forum?from=" + type(l).__name__, name="/forum")


def rules(l):
    l.client.get("/forum/rules")


class ThreadPage(TaskSet):
    """in a thread: read on mostly, answer sometimes, leave sometimes"""

    tasks = {index: 1}

    @task(6)
    def next_page(self):
        self.client.get("/forum/thread/page", name="/forum/thread/[page]")

    @task(2)
    def answer(self):
        self.client.post("/forum/thread/answer", data={"text": "+1"})

    @task(3)
    def stop(self):
        self.interrupt(reschedule=False)


class ForumPage(TaskSet):
    tasks = {ThreadPage: 3, index: 2}

    def on_start(self):
        self.client.get("/forum/enter")

    def on_stop(self):
        self.client.get("/forum/leave")

    @task(4)
    class Search(TaskSet):
        wait_time = constant(0)

        @task(3)
        def words(self):
            self.client.get("/forum/search?q=words", name="/forum/search")

        @task
        def give_up(self):
            self.interrupt()

    @task
    def up(self):
        self.interrupt()


class Reader(HttpUser):
    weight = 1
    wait_time = constant(0)
    tasks = [(ForumPage), index, rules, rules]


class Writer(FastHttpUser):
    weight = 2
    tasks = [ForumPage]

    @task
    def write(self):
        self.client.post("/forum/new", json={"title": "help!"})


def checker(environment):
    """ends the test when it has seen enough"""
    while environment.runner.state not in (STATE_STOPPING, STATE_STOPPED, STATE_CLEANUP):
        gevent.sleep(0.05)
        if environment.runner.stats.total.num_requests >= ENOUGH:
            environment.runner.quit()
            return


@events.init.add_listener
def on_init(environment, **kw):
    gevent.spawn(checker, environment)
