"""Every request fails."""

from locust import HttpUser, constant, task


class Unlucky(HttpUser):
    wait_time = constant(0.1)

    @task
    def ask(self):
        self.client.get("/status/500")
