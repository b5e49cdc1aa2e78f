"""Users that make one request, to a path that the server logs, and wait."""

from locust import HttpUser, constant, task


class Arrival(HttpUser):
    wait_time = constant(3600)

    @task
    def arrive(self):
        self.client.get("/logged")
