# Mobile app: OAuth password grant, then API calls with the bearer token. Tokens are good for three
# calls only; when one has run out, the app gets the next one and repeats the call.
import json
import logging

from locust import HttpUser, TaskSet, between, events, task

log = logging.getLogger("mobile")
PHONES = 3
CALLS = 8
finished = 0


class AppTasks(TaskSet):
    def on_start(self):
        self.calls = 0
        self.name = "phone%d" % self.user.number
        self.client.headers.update({"Accept": "application/json", "X-Requested-With": "mobile"})
        self.client.headers["Accept-Language"] = "de"
        self.client.cookies.set("tenant", "acme")
        self.get_token(grant_type="password", username=self.name, password="geheim")

    def get_token(self, **grant):
        with self.client.post("/oauth/token", data=grant, auth=("mobile-app", "s3cret"),
                              headers={"X-Requested-With": None}, catch_response=True) as response:
            try:
                tokens = response.json()
                self.refresh_token = tokens["refresh_token"]
                self.client.headers.update({"Authorization": "Bearer " + tokens["access_token"]})
            except (json.JSONDecodeError, KeyError) as e:
                response.failure("no token: %r" % e)

    def call(self, path, **kwargs):
        with self.client.get(path, catch_response=True, **kwargs) as response:
            if response.status_code == 401 and response.json()["error"] == "token_expired":
                response.success()
                log.debug("token of %s has run out", self.name)
            else:
                return response
        self.get_token(grant_type="refresh_token", refresh_token=self.refresh_token)
        return self.client.get(path, **kwargs)

    @task
    def use(self):
        response = self.call("/api/profile")
        assert response.json()["user"] == self.name
        self.calls += 1

        with self.client.rename_request("/api/items/[number]"):
            self.call("/api/items/%d" % (self.calls * 10))
        self.client.request_name = "sticky"
        self.call("/api/items/7", cookies={"debug": "1"}, headers={"Accept": "text/plain"})
        self.client.request_name = None

        if self.calls == CALLS:
            self.user.stop()

    def on_stop(self):
        global finished
        finished += 1
        if finished == PHONES:
            self.user.environment.runner.quit()


class Phone(HttpUser):
    wait_time = between(0.01, 0.02)
    tasks = [AppTasks]
    numbers = iter(range(1, 1 + PHONES))

    def __init__(self, environment):
        super().__init__(environment)
        self.number = next(self.numbers)


@events.request.add_listener
def on_request(request_type, name, response_time, response_length, exception, **kwargs):
    # a wrong client gives up the whole run at once
    if name == "/oauth/token" and exception:
        log.error("cannot get a token: %s", exception)


@events.user_error.add_listener
def on_user_error(user_instance, exception, tb, **kwargs):
    print("user_error", type(user_instance).__name__, repr(exception))
