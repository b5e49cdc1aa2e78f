"""A run of which every number is known: each of its users makes five requests, two of which fail,
lets an exception out, and waits for the end."""

import gevent

from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0)

    @task
    def visit(self):
        if getattr(self, "done", False):
            gevent.sleep(1000)
        self.done = True
        for _ in range(3):
            self.client.get("/success")
        for _ in range(2):
            self.client.post("/nowhere?<b>", data="x", name="no <b>where</b>")
        raise ValueError("no <b>good</b>")
