"""Everything that can go wrong with requests, one after the other, and what the report makes of it.
For one user of one of the two classes."""
import json

from locust import FastHttpUser, HttpUser, SequentialTaskSet, task
from locust.exception import CatchResponseError, InterruptTaskSet, RescheduleTaskImmediately, ResponseError

ROUNDS = 2


class Trouble(SequentialTaskSet):
    rounds = 0

    @task
    def status_codes(self):
        for code in (200, 204, 302, 400, 404, 404, 418, 500, 503):
            self.client.get(f"/status/{code}")
        self.client.post("/status/500?id=1", name="/status/[code]")
        self.client.delete("/status/404", name="/status/[code]")

    @task
    def no_answer(self):
        r = self.client.get("http://127.0.0.1:9/nobody/is/here", name="refused")
        assert r.status_code == 0 and r.content is None and not r.text
        self.client.get("/slow/1000", name="timeout", **self.user.patience)
        self.client.get("/drop", name="dropped")
        self.client.get("/half", name="half")

    @task
    def verdict_of_ours(self):
        with self.client.get("/status/404", name="404 is fine", catch_response=True) as response:
            response.success()
        with self.client.get("/status/200", name="200 is not fine", catch_response=True) as response:
            response.failure("we expected more")
        with self.client.get("/status/200", name="an exception", catch_response=True) as response:
            response.failure(CatchResponseError("or less"))
        with self.client.get("/status/200", name="another exception", catch_response=True) as response:
            response.failure(KeyError("price"))
        with self.client.get("/status/500", name="last word counts", catch_response=True) as response:
            response.failure("no")
            response.success()
        with self.client.get("/status/500", name="no word", catch_response=True):
            pass
        with self.client.get("/status/200", name="several lines", catch_response=True) as response:
            response.failure("first\nsecond")
        with self.client.get("/status/200", name="number", catch_response=True) as response:
            response.failure(42)

    @task
    def response_error_inside(self):
        with self.client.get("/status/200", name="ResponseError inside", catch_response=True):
            raise ResponseError("too short")
        self.client.get("/status/200", name="goes on")

    @task
    def exception_inside(self):
        # not in the report at all: neither a success nor a failure
        with self.client.get("/status/200", name="exception inside", catch_response=True) as response:
            json.loads(response.text)

    @task
    def exception_after_failure(self):
        with self.client.get("/status/200", name="failure, then exception", catch_response=True) as response:
            response.failure("bad")
            raise RuntimeError("after the verdict")

    @task
    def plain_exceptions(self):
        self.client.get("/broken.json", name="broken JSON").json()

    @task
    def division(self):
        return 1 / 0

    @task
    def long_text(self):
        {}["a key that is not there"]

    @task
    def raised_status(self):
        self.client.get("/status/404", name="raise_for_status").raise_for_status()

    @task
    def wrong_use(self):
        self.client.get("/status/200", name="not caught").failure("cannot work")

    @task
    def forgotten_slash(self):
        self.client.get("status/200")

    @task
    def skipped(self):
        raise RescheduleTaskImmediately()

    @task
    class Inner(SequentialTaskSet):
        @task
        def fail_and_leave(self):
            self.client.get("/status/404", name="inner")
            raise InterruptTaskSet(reschedule=True)

    @task
    def end(self):
        self.rounds += 1
        if self.rounds == ROUNDS:
            self.user.environment.runner.quit()


class Unlucky(HttpUser):
    tasks = [Trouble]
    patience = {"timeout": 0.3}


class UnluckyFast(FastHttpUser):
    tasks = [Trouble]
    network_timeout = 0.3
    patience = {}


class NoSeat(HttpUser):
    """Nobody gets beyond on_start."""

    def on_start(self):
        self.client.get("/status/200", name="door")
        raise RuntimeError("no seat left")

    @task
    def never(self):
        self.client.get("/status/200", name="never")
