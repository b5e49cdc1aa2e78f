"""Visitors of an API: one request in three gets a random status, two get a success, and one to
five seconds pass between them."""

from locust import HttpUser, between, task


class ApiClient(HttpUser):
    wait_time = between(1, 5)

    def on_start(self):
        self.client.headers["Accept"] = "application/json"

    @task(1)
    def get_a_random_response(self):
        self.client.get("/random", name="A Random HTTP Status")

    @task(2)
    def get_a_success_response(self):
        self.client.get("/success", name="A 200 Status")
