"""conducted.py under a load shape: up in two steps, down in one, and the end."""

from conducted import *  # noqa: F403
from locust import LoadTestShape


class Steps(LoadTestShape):
    steps = ((3, 4), (6, 8), (9, 2))  # until then, so many users

    def tick(self):
        at = self.get_run_time()
        return next(((users, 8) for until, users in self.steps if at < until), None)
