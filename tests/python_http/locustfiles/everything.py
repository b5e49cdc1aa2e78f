"""Requests that end in every way, some of them by force; $PLACE chooses one."""

import os

from gevent import Timeout
from locust import FastHttpUser, HttpUser, constant

PLACE = os.environ.get("PLACE", "")


def act(user):
    getattr(user, PLACE)()


class Common:
    wait_time = constant(0)
    tasks = [act]

    def plain(self):
        self.client.get("/success", name="plain")

    def slow(self):
        self.client.get("/delay/50", name="slow")

    def timeouts(self):
        with Timeout(0.005, False):
            self.client.get("/delay/1s", name="late")

    def raising(self):
        with self.client.get("/success", name="raising", catch_response=True):
            raise ValueError("in the block")

    def forgotten(self):
        self.client.get("/success", name="forgotten", catch_response=True)
        self.client.get("/success", name="plain")

    def failing(self):
        with self.client.get("/success", name="failing", catch_response=True) as response:
            response.failure("never good")

    def renamed(self):
        with self.client.get("/success", catch_response=True) as response:
            response.request_meta["name"] = "renamed"
            response.request_meta["response_length"] = 7

    def redirected(self):
        self.client.get("/redirect/2", name="redirected")

    def streamed(self):
        response = self.client.get("/stream/3", stream=True, name="streamed")
        assert len(response.content) > 0

    def abandoned(self):
        self.client.get("/stream/1000?interval_ms=100", stream=True, name="abandoned")

    def refused(self):
        self.client.get("http://127.0.0.1:1/", name="refused")


class Http(Common, HttpUser):
    pass


class Fast(Common, FastHttpUser):
    pass
