"""Users that keep a rate, for the truth bench: each task makes a request, and may then keep the
interpreter to itself for a while, as a task that computes does.

BENCH_RATE_PER_USER is in tasks/s, BENCH_BURN_MS in milliseconds of CPU time. At the end the file
BENCH_RESULT gets the percentiles as the run's statistics have them, not rounded as tables are.
"""

import json
import os
import time

from locust import HttpUser, constant_throughput, events, task

BURN_S = float(os.environ.get("BENCH_BURN_MS", "0")) / 1e3


class Paced(HttpUser):
    wait_time = constant_throughput(float(os.environ.get("BENCH_RATE_PER_USER", "1")))

    @task
    def ask(self):
        self.client.get("/success")
        if BURN_S:
            end = time.thread_time() + BURN_S
            while time.thread_time() < end:
                pass


@events.quitting.add_listener
def tell(environment, **others):
    import _swarm

    total = _swarm.stats()["total"]
    told = {"requests": total["num_requests"], "failures": total["num_failures"],
            "p50": total["percentiles"](0.5), "p99": total["percentiles"](0.99),
            "max": total["percentiles"](1.0)}
    with open(os.environ["BENCH_RESULT"], "w") as result:
        json.dump(told, result)
