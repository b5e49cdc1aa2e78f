"""The same three user classes for Locust's master."""

from locust import User, constant, task


class Waiter(User):
    abstract = True
    wait_time = constant(3600)

    @task
    def wait(self):
        pass


class Often(Waiter):
    weight = 5


class Seldom(Waiter):
    weight = 2


class Sometimes(Waiter):
    weight = 3
