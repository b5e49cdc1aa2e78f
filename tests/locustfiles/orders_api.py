"""
Load test for the order API: create, read, change and delete orders, with the ids and versions that
the API itself gave out. The same flow with both of Locust's HTTP clients.
"""

import itertools
from typing import Any

from locust import FastHttpUser, HttpUser, User, constant_throughput, task

ITERATIONS = 5
CUSTOMERS = ("fast-1", "fast-2", "plain-1", "plain-2")

finished: list[str] = []


class OrderFlow(User):
    abstract = True
    wait_time = constant_throughput(20)
    prefix = ""
    ids: "itertools.count[int]"

    def on_start(self) -> None:
        self.customer = f"{self.prefix}-{next(self.ids)}"
        self.headers = {"X-Client": self.customer}
        self.iterations = 0

    def call(self, method: str, path: str, expected: int, name: str, **kwargs: Any) -> Any:
        """The JSON of the answer; anything but the expected status is a failure."""
        headers = {**self.headers, **kwargs.pop("headers", {})}
        with self.client.request(method, path, name=name, headers=headers,
                                 catch_response=True, **kwargs) as response:
            if response.status_code != expected:
                response.failure(f"{response.status_code} instead of {expected}")
                return None
            response.success()  # a 404 may be what we want
            self.version = response.headers.get("ETag")
            return response.json() if response.content else {}

    @task
    def life_of_an_order(self) -> None:
        lines = [
            {"article": "Käse", "price": 12.5, "quantity": 2, "gift": False},
            {"article": "\u2603 snowman", "price": 1e-2, "quantity": 100, "gift": True},
        ]
        order = self.call("POST", "/api/orders", 201, "/api/orders",
                          json={"customer": self.customer, "lines": lines, "note": None})
        path = f"/api/orders/{order['id']}"

        read = self.call("GET", path, 200, "/api/orders/[id]")
        assert read == order, f"{read} is not {order}"

        changed = self.call("PUT", path, 200, "/api/orders/[id]", json={"lines": lines[:1]},
                            headers={"If-Match": self.version})
        # a version that is not the last one
        self.call("PUT", path, 412, "/api/orders/[id] (stale)", json={"lines": []},
                  headers={"If-Match": '"version-0"'})
        self.call("PATCH", path, 200, "/api/orders/[id]", json={"status": "paid"})

        with self.client.get("/api/orders?limit=100", headers=self.headers, catch_response=True) as response:
            orders = response.json()["orders"]
            if order["id"] not in orders:
                response.failure("the order is missing")
            # every third iteration we expect too much
            elif self.iterations % 3 == 2:
                response.failure(f"total is {changed['total']}, not 99")

        self.call("DELETE", path, 204, "/api/orders/[id]")
        self.call("GET", path, 404, "/api/orders/[id] (deleted)")

        self.iterations += 1
        if self.iterations == ITERATIONS:
            self.stop()

    def on_stop(self) -> None:
        finished.append(self.customer)
        if set(finished) == set(CUSTOMERS):
            self.environment.runner.quit()


class FastCustomer(OrderFlow, FastHttpUser):
    prefix, ids, fixed_count = "fast", itertools.count(1), 2


class PlainCustomer(OrderFlow, HttpUser):
    prefix, ids, fixed_count = "plain", itertools.count(1), 2
