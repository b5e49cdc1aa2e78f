"""Task sets, and the loop that every user runs: choose a task, execute it, wait."""

from __future__ import annotations

import logging
import random
import traceback
from random import random as share
from time import time
from types import FunctionType
from typing import TYPE_CHECKING, Any, NoReturn, final

from _swarm import UserCore, task_is_over
from gevent import GreenletExit

from ..exception import (
    InterruptTaskSet, LocustError, MissingWaitTimeError, RescheduleTask, RescheduleTaskImmediately,
    StopTest, StopUser)
from ._declared import Task, TaskT, collect
from ._declared import filter_tasks_by_tags as filter_tasks_by_tags
from ._declared import tag as tag
from ._declared import task as task
from ._old_waits import OfUser, has_own, own_wait_time

if TYPE_CHECKING:
    from .users import User

__all__ = ("DefaultTaskSet", "TaskSet", "TaskSetMeta", "TaskT", "tag", "task")

logger = logging.getLogger(__name__)

LOCUST_STATE_RUNNING, LOCUST_STATE_WAITING, LOCUST_STATE_STOPPING = "running", "waiting", "stopping"

QUEUED = object()  # the task is the next one of the queue


class TaskQueue(list):
    """A deque takes ten times the memory, and every task set has one."""

    __slots__ = ()

    def popleft(self) -> Any:
        return self.pop(0)

    def appendleft(self, entry: Any) -> None:
        self.insert(0, entry)


class Arguments:
    """A scheduled task with arguments, as Locust before 1.0 allowed."""

    __slots__ = ("args", "kwargs", "task")

    def __init__(self, task: Task, args: Any, kwargs: Any) -> None:
        self.task = task
        self.args = args or ()
        self.kwargs = kwargs or {}


class TaskSetMeta(type):
    _own_wait: bool

    def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> Any:
        members["tasks"] = mcs.collect(bases, members)
        task_set_class = super().__new__(mcs, name, bases, members)
        task_set_class._own_wait = has_own(task_set_class)
        return task_set_class

    collect = staticmethod(collect)


class TaskSet(metaclass=TaskSetMeta):
    """Tasks that a user executes one after the other, chosen at random, until it is interrupted."""

    tasks: list[Any] = []
    """Functions and task sets: a list, a list of (task, weight), or a dict {task: weight}."""

    min_wait = OfUser()
    max_wait = OfUser()
    wait_function = OfUser()

    user: User
    """The user that runs this task set."""
    parent: Any
    """The task set that this one runs in, or the user."""

    @property
    def client(self) -> Any:
        """The user's client."""
        return self.user.client  # type: ignore[attr-defined]

    @property
    def locust(self) -> User:
        """The user, in the words of Locust before 1.0."""
        return self.user

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}

    _executed: Any = None
    _own_wait: bool  # there is a min_wait, max_wait or wait_function of its own

    def __init__(self, parent: Any) -> None:
        self.user = parent.user if isinstance(parent, TaskSet) else parent
        self.parent = parent
        self._task_queue = TaskQueue()
        self._time_start = self._cp_last_run = time()
        self._cp_last_wait_time = 0.0

    def on_start(self) -> None:
        """Called when the user starts to execute this task set."""

    def on_stop(self) -> None:
        """Called when the user stops executing it: interrupted, stopped or killed."""

    @final
    def run(self, *args: Any, **kwargs: Any) -> None:
        if args or kwargs:
            self.args, self.kwargs = args, kwargs
        try:
            self.on_start()
        except InterruptTaskSet as interrupt:
            raise handed_over(interrupt) from interrupt

        turns = self._quick_turns if self._is_plain() else self._turns
        while True:
            try:
                turns()
            except InterruptTaskSet as interrupt:
                try:
                    self.on_stop()
                except (StopUser, StopTest, GreenletExit):
                    raise
                except Exception:
                    logging.error("Exception in on_stop: \n%s", traceback.format_exc())
                raise handed_over(interrupt) from interrupt
            except (StopUser, StopTest, GreenletExit):
                try:
                    self.on_stop()
                except Exception:
                    logging.error("Exception in on_stop: \n%s", traceback.format_exc())
                raise
            except Exception as error:
                environment = self.user.environment
                environment.events.user_error.fire(
                    user_instance=self, exception=error, tb=error.__traceback__)
                if not environment.catch_exceptions:
                    raise
                logger.error("%s\n%s", error, traceback.format_exc())
                self.wait()

    def _turns(self) -> NoReturn:
        """Any task set's loop; what steers it leaves as an exception."""
        user = self.user
        while True:
            if user.stop_timeout is not None and time() - self._time_start > user.stop_timeout:
                end_user()
            if not self._task_queue:
                self.schedule_task(self.get_next_task())
            try:
                if user._state == LOCUST_STATE_STOPPING:
                    end_user()
                self.execute_next_task()
            except RescheduleTaskImmediately:
                continue
            except RescheduleTask:
                pass
            self.wait()

    def _quick_turns(self) -> NoReturn:
        """The same loop for a task set that overrides none of its steps but the choice of the task
        and the wait time."""
        user = self.user
        owner = self._owner()
        random_choice = self._has_original("get_next_task", ORIGINAL_CHOICES)
        choose = None if random_choice else self.get_next_task
        waiter = user if self._waits_as_user() else self
        pause = UserCore.wait
        user._runs(self)
        while True:
            if self._task_queue:
                task = QUEUED
            elif choose is not None:
                task = choose()
                if self._task_queue:
                    self._task_queue.append(task)
                    task = QUEUED
            else:
                tasks = owner.tasks
                task = tasks[int(share() * len(tasks))] if tasks else self.get_next_task()
            if user._state == LOCUST_STATE_STOPPING:
                end_user()
            try:
                if type(task) is FunctionType:
                    task(owner)
                elif task is QUEUED:
                    self.execute_next_task()
                else:
                    self.execute_task(task)
            except RescheduleTaskImmediately:
                continue
            except RescheduleTask:
                pass
            if user._state == LOCUST_STATE_STOPPING:
                end_user()
            user._state = LOCUST_STATE_WAITING
            pause(user, self.wait_time() if self._own_wait else waiter.wait_time())
            if user._state == LOCUST_STATE_STOPPING:
                end_user()
            user._state = LOCUST_STATE_RUNNING

    def _is_plain(self) -> bool:
        return self.user.stop_timeout is None and all(
            self._has_original(name, originals) for name, originals in ORIGINAL.items())

    def _waits_as_user(self) -> bool:
        return self._has_original("wait_time", ORIGINAL_WAIT_TIMES) and bool(self.user.wait_time)

    def _has_original(self, name: str, originals: set[Any]) -> bool:
        # Looking into __dict__ instead would create it: memory, and slower attributes.
        return getattr(getattr(self, name), "__func__", None) in originals

    def _owner(self) -> Any:
        """What has the tasks, and is handed to them."""
        return self

    def execute_next_task(self) -> None:
        entry = self._task_queue.popleft()
        self._executed = entry.task if type(entry) is Arguments else entry  # for _holder
        if type(entry) is Arguments:
            self.execute_task(entry.task, *entry.args, **entry.kwargs)
        else:
            self.execute_task(entry)

    def execute_task(self, task: Any, *args: Any, **kwargs: Any) -> None:
        if getattr(task, "__self__", None) is self:
            task(*args, **kwargs)
        elif hasattr(task, "tasks") and issubclass(task, TaskSet):
            run_nested(task(self), args, kwargs)
        else:
            task(self, *args, **kwargs)

    def schedule_task(self, task_callable: Task, args: Any = None, kwargs: Any = None,
                      first: bool = False) -> None:
        """Puts a task in the queue of what is executed next, at its end or `first`. Locust before
        1.0 has arguments for the task here, Locust today has `first` in their place."""
        if isinstance(args, bool):
            args, first = None, args
        entry = Arguments(task_callable, args, kwargs) if args or kwargs else task_callable
        if first:
            self._task_queue.appendleft(entry)
        else:
            self._task_queue.append(entry)

    def get_next_task(self) -> Task:
        if not self.tasks:
            raise no_tasks(self)
        return random.choice(self.tasks)

    def wait_time(self) -> float:
        """Seconds to wait after a task: the task set's own, or else the user's."""
        user = self.user
        if self._own_wait and not (user.wait_time and (
                user._explicit_wait or "wait_time" in user.__dict__)):
            return own_wait_time(self)
        if user.wait_time:
            return user.wait_time()
        raise MissingWaitTimeError(
            f"Neither {type(user).__name__} nor {type(self).__name__} has a wait_time")

    def get_wait_secs(self) -> float:
        """The name of `wait_time` in Locust before 0.13."""
        return self.wait_time()

    def wait(self) -> None:
        """Waits as between two tasks: a user that is to stop may end here."""
        user = self.user
        if user._state == LOCUST_STATE_STOPPING:
            end_user()
        user._state = LOCUST_STATE_WAITING
        self._sleep(self.get_wait_secs())
        if user._state == LOCUST_STATE_STOPPING:
            end_user()
        user._state = LOCUST_STATE_RUNNING

    def _sleep(self, seconds: float) -> None:
        UserCore.wait(self.user, seconds)

    def interrupt(self, reschedule: bool = True) -> NoReturn:
        """Leaves this task set; its parent goes on, without waiting if `reschedule`."""
        raise InterruptTaskSet(reschedule)


class DefaultTaskSet(TaskSet):
    """The tasks of a user class. They are handed the user, not the task set."""

    def _owner(self) -> Any:
        return self.user

    def execute_task(self, task: Any, *args: Any, **kwargs: Any) -> None:
        user = self.user
        if getattr(task, "__self__", None) is user:
            task(*args, **kwargs)
        elif hasattr(task, "tasks") and issubclass(task, TaskSet):
            run_nested(task(user), args, kwargs)
        else:
            task(user, *args, **kwargs)

    def get_next_task(self) -> Task:
        if not self.user.tasks:
            raise no_tasks(self.user)
        return random.choice(self.user.tasks)


def end_user() -> NoReturn:
    """Between two tasks: how long the last one held the loop is not on_stop's."""
    task_is_over()
    raise StopUser


def run_nested(task_set: TaskSet, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if args or kwargs:
        task_set.run(*args, **kwargs)
    else:
        task_set.run()  # no call through C, whose stack would be copied at every switch


def handed_over(interrupt: InterruptTaskSet) -> Exception:
    """What the parent of an interrupted task set sees."""
    kind = RescheduleTaskImmediately if interrupt.reschedule else RescheduleTask
    return kind(interrupt.reschedule)


def no_tasks(owner: Any) -> Exception:
    text = f"No tasks defined on {type(owner).__name__}: decorate methods with @task, or set `tasks`"
    if getattr(owner, "task", None):
        text += " (there is a `task`, is an s missing?)"
    if not isinstance(owner, TaskSet):
        text += "; or set `abstract = True` if it is there to be derived from"
    return LocustError(text)


# What the quick loop does itself; not so if a class overrides it, or if somebody replaces it in
# these two.
ORIGINAL = {
    name: {vars(kind)[name] for kind in (TaskSet, DefaultTaskSet) if name in vars(kind)}
    for name in ("execute_next_task", "execute_task", "schedule_task", "get_wait_secs", "wait",
                 "_sleep")}
ORIGINAL_CHOICES = {TaskSet.get_next_task, DefaultTaskSet.get_next_task}
ORIGINAL_WAIT_TIMES = {TaskSet.wait_time}
