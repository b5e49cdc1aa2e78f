"""What most tests need: an environment, and a user that runs for a number of waits."""

import _swarm
from locust import events
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import LocalRunner


def environment_of(*user_classes, **options):
    """With a runner, so that exceptions are counted, on the hooks of the process."""
    environment = Environment(user_classes=list(user_classes), events=events, **options)
    environment.set_runner(LocalRunner)
    return environment


def run(user_class, waits=1, environment=None, **options):
    """Runs a user in the present greenlet until it has begun to wait that many times; returns it."""
    environment = environment or environment_of(user_class, **options)
    user = user_class(environment)
    end_after(waits)
    user.run()
    return user


def end_after(waits):
    """Users end in the wait of this number."""
    left = waits

    def during_pause(user, seconds):
        nonlocal left
        left -= 1
        if left <= 0:
            raise StopUser

    _swarm.UserCore.during_pause = during_pause
