"""The seed's tasks without waits in the spelling of Locust since 1.0, for the real ones.

BENCH_USER says which client makes the requests: HttpUser or FastHttpUser.
"""

import os

import locust
from locust import TaskSet, constant, task


class ApiClientBehavior(TaskSet):
    @task(1)
    def get_a_random_response(self):
        self.client.get("/random", name="A Random HTTP Status", headers={"Accept": "application/json"})

    @task(2)
    def get_a_success_response(self):
        self.client.get("/success", name="A 200 Status", headers={"Accept": "application/json"})


class ApiClient(getattr(locust, os.environ.get("BENCH_USER", "HttpUser"))):
    tasks = [ApiClientBehavior]
    wait_time = constant(0)
