"""Visitors of a shop; replace this file and the modules that it imports with yours."""

from locust import HttpUser, between, task
from pages import PRODUCTS


class Visitor(HttpUser):
    wait_time = between(1, 3)

    @task(3)
    def look_around(self):
        for path in PRODUCTS:
            self.client.get(path, name="a product")

    @task
    def buy(self):
        self.client.post("/echo", json={"product": 7}, name="an order")
