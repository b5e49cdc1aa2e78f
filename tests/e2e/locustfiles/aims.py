"""What the runner aims at, as listeners and users see it."""

import logging

from locust import User, constant, events, task


def tell(when, runner):
    logging.info("%s %s: %d %g", type(runner).__name__, when, runner.target_user_count, runner.spawn_rate)


@events.init.add_listener
def begin(environment, **_):
    Aiming.runner = environment.runner
    tell("init", environment.runner)


@events.test_start.add_listener
def start(environment, **_):
    tell("start", environment.runner)


@events.spawning_complete.add_listener
def complete(**_):
    tell("complete", Aiming.runner)


@events.test_stop.add_listener
def stop(environment, **_):
    tell("stop", environment.runner)


class Aiming(User):
    wait_time = constant(0.1)

    @task
    def go(self):
        self.environment.events.request.fire(
            request_type="AIM", name="it", response_time=1, response_length=0, exception=None)
