"""The exceptions that steer users, and those that clients and runners raise."""

from __future__ import annotations


class LocustError(Exception):
    """Something that the author of the scenario has to put right."""


class ResponseError(Exception):
    """Raised inside a `catch_response` block: the request counts as failed, the task goes on."""


class CatchResponseError(Exception):
    """What a request failed with that was failed by `response.failure(text)`."""


class MissingWaitTimeError(LocustError):
    """Neither the user nor the task set says how long to wait."""


class InterruptTaskSet(Exception):
    """Leaves a task set and goes on in its parent, at once or after the parent's wait."""

    def __init__(self, reschedule: bool = True) -> None:
        super().__init__(reschedule)
        self.reschedule = reschedule


class StopTest(Exception):
    """Ends the whole run."""


class StopUser(Exception):
    """Ends the user that raises it."""


class RescheduleTask(Exception):
    """Ends the task; the user waits and goes on with another one."""


class RescheduleTaskImmediately(Exception):
    """Ends the task; the user goes on with another one without waiting."""


class RPCError(Exception):
    """The connection to the other node is broken."""


class RPCSendError(Exception):
    """A message could not be sent."""


class RPCReceiveError(Exception):
    """A message could not be received or understood."""

    def __init__(self, *args: object, addr: object = None) -> None:
        super().__init__(*args)
        self.addr = addr


class RunnerAlreadyExistsError(Exception):
    """An environment has one runner."""


# Of Locust before 1.0.
StopLocust = StopUser
