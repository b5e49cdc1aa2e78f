"""Users: what is simulated."""

from __future__ import annotations

import logging
import time
import traceback
from typing import TYPE_CHECKING, Any, Callable, ClassVar, final

import gevent
from _swarm import UserCore, task_is_over
from gevent import GreenletExit
from gevent.pool import Group

from .._missing import attributes_of
from ..exception import StopTest, StopUser
from . import _old_waits
from ._declared import collect
from ._mean_wait import mean_wait
from ._rest import RestMixin
from .task import (
    LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING, LOCUST_STATE_WAITING, DefaultTaskSet, TaskSet)
from .wait_time import constant

if TYPE_CHECKING:
    from ..clients import HttpSession
    from ..contrib.fasthttp import FastHttpSession
    from ..env import Environment

__getattr__ = attributes_of(__name__)

logger = logging.getLogger(__name__)

NO_HOST = ("You must specify the base host. Either in the host attribute in the User class, or on "
           "the command line using the --host option.")


class UserMeta(type):
    tasks: list[Any]
    task_set: Any
    _of_task_set: bool  # the tasks are its task_set, for want of others

    def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> Any:
        # The tasks of a base that stem from its task_set give way to another task_set.
        with_tasks = tuple(base for base in bases if not getattr(base, "_of_task_set", False))
        members["tasks"] = collect(with_tasks, members)
        if not members.get("abstract"):
            members["abstract"] = False
        user_class = super().__new__(mcs, name, bases, members)
        user_class._of_task_set = not user_class.tasks and user_class.task_set is not None
        if user_class._of_task_set:
            user_class.tasks = [user_class.task_set]
        _old_waits.settle(user_class)
        return user_class


class User(UserCore, metaclass=UserMeta):
    """A simulated user. What it does are its tasks; each user runs in a greenlet of its own."""

    host: str | None = None
    """Base URL of the target."""
    tasks: list[Any] = []
    """Functions and task sets: a list, a list of (task, weight), or a dict {task: weight}."""
    wait_time = constant(0)
    """Method that returns the seconds between two tasks."""
    weight: float = 1
    """How often this class is chosen, relative to the other ones."""
    fixed_count: int = 0
    """If more than 0: as many users of this class, before all others, and no more."""
    abstract: ClassVar[bool] = True
    """No users of this class: it is there to be derived from."""

    # Of Locust before 1.0 and 0.13.
    task_set: Any = None
    """As `tasks = [task_set]`."""
    min_wait: float | None = None
    max_wait: float | None = None
    wait_function: Callable[[Any], float] | None = None
    stop_timeout: float | None = None
    """Seconds that a user lives at most."""

    _explicit_wait = False  # wait_time is given, not the default or made of milliseconds

    environment: Environment

    def __init__(self, environment: Environment | None = None) -> None:
        super().__init__()
        if environment is None:
            from .. import _scenario

            environment = _scenario.environment  # Locust before 1.0 had one for all
        self.environment = environment  # type: ignore[assignment]
        self._state: str | None = None
        self._group: Group | None = None
        self._greenlet: gevent.Greenlet | None = None
        self._taskset_instance: TaskSet | None = None
        self._cp_last_run = time.time()
        self._cp_last_wait_time = 0.0

    def on_start(self) -> None:
        """Called when the user starts."""

    def on_stop(self) -> None:
        """Called when the user ends: stopped or killed."""

    @staticmethod
    def _session_class() -> type | None:
        """What the client is made of. Imported when it is needed, or before the first user is."""
        return None

    @final
    def run(self) -> None:
        self._state = LOCUST_STATE_RUNNING
        if self.task_set is not None and (self._of_task_set or not self.tasks):
            self.tasks = [self.task_set]  # assigned after its class was made, perhaps
        self._taskset_instance = DefaultTaskSet(self)
        try:
            try:
                self.on_start()
            except Exception as error:
                logger.error("%s\n%s", error, traceback.format_exc())
                if not isinstance(error, (StopUser, StopTest)):
                    self.environment.events.user_error.fire(
                        user_instance=self, exception=error, tb=error.__traceback__)
                raise
            task_is_over()
            self._taskset_instance.run()
        except (GreenletExit, StopUser):
            self.on_stop()
        except StopTest as error:
            try:
                self.on_stop()
            finally:
                stop_test(self.environment, error)

    def wait(self) -> None:  # type: ignore[override]
        """Waits as between two tasks: a user that is to stop may end here."""
        self._taskset_instance.wait()  # type: ignore[union-attr]

    def start(self, group: Group) -> gevent.Greenlet:
        """Runs the user in a greenlet of the group."""
        self._group = group
        self._greenlet = group.spawn(run_user, self)
        return self._greenlet

    def stop(self, force: bool = False) -> bool:
        """Kills the user if it waits, or in any case (`force`): True. Else it ends after its task."""
        if not force and self._state in (LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING):
            self._state = LOCUST_STATE_STOPPING
            return False
        greenlet, caller = self._greenlet, gevent.getcurrent()
        if greenlet is None:
            return True
        if force or self._state != LOCUST_STATE_WAITING or greenlet is caller:
            greenlet.kill(block=caller is not gevent.get_hub())
        else:
            end_wait(self, greenlet)
            if caller is not gevent.get_hub():
                greenlet.join()
        return True

    @property
    def group(self) -> Group | None:
        return self._group

    @property
    def greenlet(self) -> gevent.Greenlet | None:
        return self._greenlet

    def context(self) -> dict[str, Any]:
        """What listeners of `events.request` get as `context`, besides that of the request."""
        return {}

    @classmethod
    def _mean_wait(cls) -> float | None:
        """Seconds from a task to the next one, as far as that can be known before the run."""
        return mean_wait(cls)

    @classmethod
    def json(cls) -> dict[str, Any]:
        return {"host": cls.host, "weight": cls.weight, "fixed_count": cls.fixed_count,
                "tasks": [task.__name__ for task in cls.tasks]}

    @classmethod
    def fullname(cls) -> str:
        """With the names of its package, module and outer classes."""
        parts = f"{cls.__module__}.{cls.__qualname__}".split(".")
        return ".".join(part for part in parts if part != "<locals>")


class HttpUser(User, RestMixin):
    """A user with an HTTP client, which keeps cookies and connections between requests."""

    abstract = True

    pool_manager: Any = None
    """Connections to share with other users."""

    client: HttpSession

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.host is None:
            raise StopTest(NO_HOST)
        self.client = self._session_class()(
            base_url=self.host, request_event=self.environment.events.request, user=self,
            pool_manager=self.pool_manager)
        self.client.trust_env = False

    @staticmethod
    def _session_class() -> type[HttpSession]:
        from ..clients import HttpSession

        return HttpSession


class FastHttpUser(User, RestMixin):
    """As HttpUser, with the client's habits that FastHttpUser has in Locust."""

    abstract = True

    network_timeout: float = 60.0
    connection_timeout: float = 60.0
    max_redirects: int = 30
    max_retries: int = 0
    insecure: bool = True
    """Certificates are not verified."""
    default_headers: dict[str, str] | None = None
    concurrency: int = 10
    proxy_host: str | None = None
    proxy_port: int | None = None
    client_pool: Any = None
    ssl_context_factory: Callable[[], Any] | None = None

    client: FastHttpSession

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.host is None:
            raise StopTest(NO_HOST)
        self.client = self._session_class()(
            base_url=self.host, request_event=self.environment.events.request, user=self,
            network_timeout=self.network_timeout, connection_timeout=self.connection_timeout,
            max_redirects=self.max_redirects, max_retries=self.max_retries, insecure=self.insecure,
            concurrency=self.concurrency, client_pool=self.client_pool,
            ssl_context_factory=self.ssl_context_factory, headers=self.default_headers,
            proxy_host=self.proxy_host, proxy_port=self.proxy_port)

    @staticmethod
    def _session_class() -> type[FastHttpSession]:
        from ..contrib.fasthttp import FastHttpSession

        return FastHttpSession


class Locust(User):
    """The name of User before Locust 1.0, with the defaults of that time."""

    abstract = True
    weight = 10
    min_wait = 1000
    max_wait = 1000


class HttpLocust(HttpUser, Locust):
    """The name of HttpUser before Locust 1.0."""

    abstract = True


def end_wait(user: User, greenlet: gevent.Greenlet) -> None:
    """Soon. A user whose wait is over by then ends after its task, which a kill would cut off."""

    def end(greenlet: gevent.Greenlet) -> None:
        if user._state == LOCUST_STATE_WAITING:
            greenlet.throw(GreenletExit)
        else:
            user._state = LOCUST_STATE_STOPPING

    gevent.get_hub().loop.run_callback(end, greenlet)  # an argument, for who looks for what holds


def run_user(user: User) -> None:
    """A function of its own, so that `greenlet.args[0]` is the user."""
    user.run()


def stop_test(environment: Environment, error: StopTest) -> None:
    """A user asked for the end of the whole run."""
    runner = environment.runner
    if runner is None:
        raise error
    log = logging.getLogger("locust.runners")
    log.error(error)
    log.warning("Stopping Locust...")
    if getattr(environment.parsed_options, "headless", False):
        runner.quit()
    else:
        runner.stop()
