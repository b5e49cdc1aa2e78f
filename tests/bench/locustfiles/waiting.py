"""Users that wait, and bare greenlets that wait: what each costs in memory.

BENCH_GREENLETS=N has that many greenlets of gevent wait beside the users. With BENCH_CONNECT=1 each
user makes a request first, and keeps its connection.
"""

import os

import gevent
from locust import HttpUser, constant, events, task

CONNECT = bool(os.environ.get("BENCH_CONNECT"))


class Waiter(HttpUser):
    wait_time = constant(3600)

    @task
    def wait_for_long(self):
        if CONNECT:
            self.client.get("/success")


@events.test_start.add_listener
def wait_bare(environment, **others):
    for _ in range(int(os.environ.get("BENCH_GREENLETS", "0"))):
        gevent.spawn(gevent.sleep, 3600)
