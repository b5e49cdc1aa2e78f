"""A staging system whose certificate nobody has signed; $STAGING_CA is the file to trust it by.

One user of each class, once through its tasks.
"""
import os

import urllib3
from locust import FastHttpUser, HttpUser, task
from locust.exception import StopUser

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


class Ends:
    still_there = 6

    def on_stop(self):
        Ends.still_there -= 1
        if not Ends.still_there:
            self.environment.runner.quit()


class OffForTheSession(Ends, HttpUser):
    fixed_count = 1

    def on_start(self):
        self.client.verify = False

    @task
    def look(self):
        self.client.get("/catalog/session")
        self.client.post("/catalog/session", json={"search": "chairs"})
        self.client.get("/redirect/2", name="/redirect")
        raise StopUser()


class OffForARequest(Ends, HttpUser):
    fixed_count = 1

    @task
    def look(self):
        self.client.get("/catalog/request", verify=False)
        self.client.get("/catalog/request?again=1", verify=False)
        raise StopUser()


class KnowsTheAuthority(Ends, HttpUser):
    fixed_count = 1

    def on_start(self):
        self.client.verify = os.environ["STAGING_CA"]

    @task
    def look(self):
        self.client.get("/catalog/authority")
        raise StopUser()


class Verifies(Ends, HttpUser):
    """The default: this must fail."""

    fixed_count = 1

    @task
    def look(self):
        self.client.get("/catalog/verified", name="verified")
        raise StopUser()


class FastByDefault(Ends, FastHttpUser):
    fixed_count = 1

    @task
    def look(self):
        self.client.get("/catalog/fast")
        self.client.get("/catalog/fast", headers={"Accept": "text/html"})
        raise StopUser()


class FastVerifies(Ends, FastHttpUser):
    insecure = False
    fixed_count = 1

    @task
    def look(self):
        self.client.get("/catalog/verified", name="fast verified")
        raise StopUser()
