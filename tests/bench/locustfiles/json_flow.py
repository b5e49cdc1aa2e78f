"""A JSON interface whose answers are looked at, without waits; for swarm and the real Locusts.

BENCH_USER says which client makes the requests: HttpUser (the default) or FastHttpUser. With
BENCH_LISTENER=1, a listener of `events.request` looks at each of them, too.
"""

import os
import warnings
from collections import Counter

import locust
from locust import constant, events, task

warnings.filterwarnings("ignore")  # one for every request whose certificate is not checked

failed_or_slow = Counter()


class Shopper(getattr(locust, os.environ.get("BENCH_USER", "HttpUser"))):
    wait_time = constant(0)

    def on_start(self):
        self.client.verify = False  # the bench's certificate is its own; FastHttpUser checks none

    @task
    def look_at_items(self):
        with self.client.get("/items", name="Items", headers={"Accept": "application/json"},
                             catch_response=True) as response:
            items = response.json()["items"]
            if not items or items[0]["id"] != 0:
                response.failure("these are not the items")
            else:
                response.success()


if os.environ.get("BENCH_LISTENER"):
    @events.request.add_listener
    def look_closer(name, response_time, exception, **others):
        if exception is not None or response_time > 1000:
            failed_or_slow[name] += 1
