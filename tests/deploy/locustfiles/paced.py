"""A steady load with a module of its own."""

from locust import HttpUser, constant_pacing, task
from places import PATH


class Steady(HttpUser):
    wait_time = constant_pacing(0.1)

    @task
    def ask(self):
        self.client.get(PATH)
