"""A listener that reads the statistics in every request."""

import locust._entry
from locust import HttpUser, constant, events, task

made = 0
make = locust._entry.totals
seen = []


def counted(text):
    global made
    made += 1
    return make(text)


locust._entry.totals = counted


class Reader(HttpUser):
    wait_time = constant(0)

    @task
    def index(self):
        self.client.get("/")


class Seldom(HttpUser):
    """Every request of a user that makes few is seen at once."""

    wait_time = constant(0.3)
    requests = 0

    @task
    def index(self):
        self.client.get("/")
        self.requests += 1
        seen.append(self.environment.stats.total.num_requests - self.requests)


@events.init.add_listener
def init(environment, **_):
    stats = environment.stats

    @events.request.add_listener
    def read(**_):
        assert stats.total.num_requests >= 0

    @events.test_stop.add_listener
    def stop(**_):
        before = stats.total.num_requests
        stats.log_request("GET", "extra", 1, 1)
        print(f"\nmade={made} requests={before} after={stats.total.num_requests} "
              f"off={[off for off in seen if off]}")
