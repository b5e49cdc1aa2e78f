"""The users alive in this process, each in its greenlet."""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Any

import _swarm
import gevent
from gevent.pool import Group

from . import log
from .exception import StopTest
from .user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING, LOCUST_STATE_WAITING
from .user.users import Locust, end_wait, stop_test

if TYPE_CHECKING:
    from .env import Environment
    from .user import User

logger = logging.getLogger("locust.runners")


class UserGreenlet(gevent.Greenlet):
    """Makes a user and runs it. The user is made in here because its `__init__` may wait."""

    __slots__ = ("leaves", "population", "user", "user_class", "user_id")

    def __init__(self, user_id: int, user_class: type[User], population: Population) -> None:
        super().__init__()
        self.user_id = user_id
        self.user_class = user_class
        self.population = population
        self.user: User | None = None
        self.leaves = False  # has stopped the run, and ends before it is asked to

    @property
    def args(self) -> tuple[User | None]:
        """Where Locust's greenlets have their user."""
        return (self.user,)

    def _run(self) -> None:
        self.user = self._make_user()
        if self.user is not None:
            self.user._greenlet = self
            self.user._group = self.population
            self.user.run()

    def _make_user(self) -> User | None:
        environment = self.population.environment
        try:
            user = make_user(self.user_class, environment)
        except StopTest as error:
            stop_test(environment, error)
        except Exception:
            logger.critical("%s could not be made:", self.user_class.__name__, exc_info=True)
            log.unhandled_greenlet_exception = True
        else:
            if hasattr(user, "environment"):
                return user
            logger.critical("%s has no environment: its __init__ must call super().__init__(*args, "
                            "**kwargs)", self.user_class.__name__)
            log.unhandled_greenlet_exception = True
        return None


class Population(Group):
    """A group of gevent's, in which the engine finds its users by their numbers."""

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self.environment = environment
        self._by_id: dict[int, UserGreenlet] = {}

    def spawn_user(self, user_id: int, user_class: type[User]) -> None:
        greenlet = UserGreenlet(user_id, user_class, self)
        self._by_id[user_id] = greenlet
        self.start(greenlet)

    def stop_user(self, user_id: int, now: bool) -> None:
        greenlet = self._by_id.get(user_id)
        if greenlet is not None:
            self.stop(greenlet, now)

    def stop(self, greenlet: Any, now: bool) -> None:
        """`now`: wherever it is; else after its task, or at once if it waits. Never blocks."""
        if getattr(greenlet, "leaves", False):
            greenlet.leaves = False  # to kill it twice would cut off its on_stop
            return
        user = greenlet.args[0] if greenlet.args else None
        state = getattr(user, "_state", None)
        if not now and state in (LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING):
            user._state = LOCUST_STATE_STOPPING  # type: ignore[union-attr]
        elif not now and state == LOCUST_STATE_WAITING:
            end_wait(user, greenlet)
        else:
            greenlet.kill(block=False)

    def _discard(self, greenlet: Any) -> None:
        super()._discard(greenlet)
        user_id = getattr(greenlet, "user_id", 0)
        if self._by_id.pop(user_id, None) is not None:
            greenlet.user = None  # the two hold each other
            _swarm.user_ended(user_id)


def make_user(user_class: type[User], environment: Environment) -> User:
    """Users of Locust before 1.0 may be made without an environment."""
    if issubclass(user_class, Locust) and not takes_environment(user_class):
        return user_class()
    return user_class(environment)


def takes_environment(user_class: type[User]) -> bool:
    try:
        inspect.signature(user_class.__init__).bind(None, None)
    except TypeError:
        return False
    return True
