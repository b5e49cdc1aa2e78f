"""The run as a scenario sees it: `environment.runner`.

The engine runs it; these objects show its state and pass orders on. Orders return at once: what
they ask for happens once the caller waits for something.
"""

from __future__ import annotations

import logging
import socket
import traceback
from typing import TYPE_CHECKING, Any, Callable, Iterable
from uuid import uuid4

import _swarm
import gevent
from gevent.pool import Group

from ._fleet import WorkerNode as WorkerNode
from ._fleet import WorkerNodes as WorkerNodes
from ._messages import Inbox
from ._population import Population
from ._usage import Usage, resident_bytes
from .log import greenlet_exception_logger
from .rpc import Message

if TYPE_CHECKING:
    from .env import Environment
    from .stats import RequestStats, StatsError
    from .user import User

logger = logging.getLogger(__name__)

STATE_INIT, STATE_SPAWNING, STATE_RUNNING = "ready", "spawning", "running"
STATE_CLEANUP, STATE_STOPPING, STATE_STOPPED = "cleanup", "stopping", "stopped"
STATE_MISSING = "missing"

# Locustfiles change these. Read them where they are used, do not copy them.
WORKER_REPORT_INTERVAL = 3.0
WORKER_LOG_REPORT_INTERVAL = 10
CPU_MONITOR_INTERVAL = 10.0
CPU_WARNING_THRESHOLD = 90
HEARTBEAT_INTERVAL = 1
HEARTBEAT_LIVENESS = 3
HEARTBEAT_DEAD_INTERNAL = -60
MASTER_HEARTBEAT_TIMEOUT = 60
FALLBACK_INTERVAL = 5
CONNECT_TIMEOUT = 5
CONNECT_RETRY_COUNT = 60

Listener = Callable[..., Any]


class Runner:
    """What all roles have in common."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.user_greenlets = Population(environment)
        self.greenlet = Group()
        self.spawning_greenlet = None
        self.shape_greenlet = None
        self.target_user_classes_count: dict[str, int] = {}
        self.final_user_classes_count: dict[str, int] = {}
        self.current_cpu_usage = 0.0
        self.current_memory_usage = 0
        self.cpu_warning_emitted = False
        self.custom_messages: dict[str, tuple[Listener, bool]] = {}
        self._inbox = Inbox(environment)
        environment.events.user_error.add_listener(self._on_user_error)
        environment.events.spawning_complete.add_listener(self._on_spawning_complete)

    @property
    def state(self) -> str:
        """ready, spawning, running, cleanup, stopping or stopped."""
        return _swarm.state()

    @property
    def stats(self) -> RequestStats:
        return self.environment.stats

    @property
    def errors(self) -> dict[str, StatsError]:
        return self.stats.errors

    @property
    def exceptions(self) -> dict[int, dict[str, Any]]:
        """Exceptions that left tasks, with their number: count, msg, traceback, nodes."""
        return {hash(row["traceback"]): row for row in _swarm.stats()["exceptions"]}

    @property
    def target_user_count(self) -> int:
        """Users that there are to be, whoever asked for them; on a worker its own."""
        return _swarm.wanted()[0]

    @property
    def spawn_rate(self) -> float:
        """Users that come or go a second; 0 on a worker: its master knows."""
        return _swarm.wanted()[1]

    @property
    def user_count(self) -> int:
        return sum(self.user_classes_count.values())

    @property
    def user_classes_count(self) -> dict[str, int]:
        """Users alive of each class."""
        alive = _swarm.user_counts()
        return {name: alive.get(name, 0) for name in self.user_classes_by_name}

    @property
    def user_classes(self) -> list[type[User]]:
        return self.environment.user_classes

    @property
    def user_classes_by_name(self) -> dict[str, type[User]]:
        return self.environment.user_classes_by_name

    def start(self, user_count: int, spawn_rate: float, wait: bool = False,
              user_classes: Iterable[type[User]] | None = None) -> None:
        """Starts a run, or changes the number of users of the one that goes on; those that come are
        of these classes, or (None) of those as before, which are all in a new run."""
        names = [user_class.__name__ for user_class in user_classes or ()]
        unknown = [name for name in names if name not in self.user_classes_by_name]
        if unknown:
            raise ValueError(f"The environment has no user class {unknown[0]}")
        _swarm.run_control("start", user_count, spawn_rate, names)

    def stop(self) -> None:
        """Stops the users. One that calls this does not come back from it."""
        _swarm.run_control("stop")
        self._leave()

    def quit(self) -> None:
        """Ends the run and the process. A user that calls this does not come back from it."""
        _swarm.run_control("quit")
        self._leave()

    def _leave(self) -> None:
        greenlet = gevent.getcurrent()
        if greenlet in self.user_greenlets:
            greenlet.kill(block=False)
            greenlet.leaves = True
            gevent.sleep(0)

    def spawn_users(self, user_classes_spawn_count: dict[str, int], wait: bool = False) -> list[User]:
        """Starts users beside those of the run, at once."""
        users = []
        for name, count in user_classes_spawn_count.items():
            for _ in range(count):
                user = self.user_classes_by_name[name](self.environment)
                user.start(self.user_greenlets)
                users.append(user)
        if wait:
            self.user_greenlets.join()
        return users

    def stop_users(self, user_classes_stop_count: dict[str, int]) -> None:
        """Stops users, those first that were started first."""
        for name, count in user_classes_stop_count.items():
            user_class = self.user_classes_by_name[name]
            alive = [g for g in self.user_greenlets if g.args and type(g.args[0]) is user_class]
            for greenlet in alive[:count]:
                self.user_greenlets.stop(greenlet, now=not self.environment.stop_timeout)

    def register_message(self, msg_type: str, listener: Listener, concurrent: bool = False) -> None:
        """`listener(environment=, msg=)` is called for each message of that type."""
        if msg_type in self.custom_messages:
            raise Exception(f"Messages of type {msg_type} have a listener already")
        self.custom_messages[msg_type] = (listener, concurrent)

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """To the listener of another process."""

    def receive(self, message: Message) -> None:
        """A message of another process, for its listener."""
        listener = self.custom_messages.get(message.type)
        if listener is not None:
            self._inbox.put(message, *listener)
        else:
            logger.warning("Unknown message type received%s: %s", self._origin(message), message.type)

    def _origin(self, message: Message) -> str:
        return ""

    def log_exception(self, node_id: str, msg: str, formatted_tb: str) -> None:
        _swarm.record_exception(msg, formatted_tb)

    def update_state(self, new_state: str) -> None:
        """The engine keeps the state."""

    def cpu_log_warning(self) -> bool:
        return self.cpu_warning_emitted

    def monitor_usage(self) -> None:
        """Measures processor and memory for as long as the greenlet lives that calls it."""
        usage = Usage()
        events = self.environment.events
        while True:
            gevent.sleep(CPU_MONITOR_INTERVAL)
            self.current_cpu_usage = usage.cpu_percent()
            self.current_memory_usage = resident_bytes()
            if self.current_cpu_usage > CPU_WARNING_THRESHOLD:
                self.cpu_warning_emitted = True
                events.cpu_warning.fire(
                    environment=self.environment, cpu_usage=self.current_cpu_usage)
            events.usage_monitor.fire(
                environment=self.environment, cpu_usage=self.current_cpu_usage,
                memory_usage=self.current_memory_usage)

    def spawn_monitor(self) -> None:
        monitor = self.greenlet.spawn(self.monitor_usage)
        monitor.link_exception(greenlet_exception_logger(logger))

    def _on_user_error(self, user_instance: Any, exception: BaseException, tb: Any, **_: Any) -> None:
        _swarm.record_exception(str(exception), "".join(traceback.format_tb(tb)))

    def _on_spawning_complete(self, **_: Any) -> None:
        self.target_user_classes_count = self.user_classes_count

    # The words of Locust before 1.0.

    def start_hatching(self, locust_count: int, hatch_rate: float, wait: bool = False) -> None:
        self.start(locust_count, hatch_rate, wait)

    @property
    def num_clients(self) -> int:
        return self.target_user_count

    @property
    def hatch_rate(self) -> float:
        return self.spawn_rate

    @property
    def locusts(self) -> Population:
        return self.user_greenlets

    @property
    def locust_classes(self) -> list[type[User]]:
        return self.user_classes

    @property
    def host(self) -> str | None:
        return self.environment.host


class LocalRunner(Runner):
    """Master and worker in one process."""

    worker_index = 0
    worker_count = 1

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.client_id = f"{socket.gethostname()}_{uuid4().hex}"

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """Calls the listener of this process."""
        if msg_type not in self.custom_messages:
            logger.warning("Unknown message type received: %s", msg_type)
            return
        listener, _ = self.custom_messages[msg_type]
        listener(environment=self.environment, msg=Message(msg_type, data, "local"))


class DistributedRunner(Runner):
    """One process of several."""


class MasterRunner(DistributedRunner):
    """The process that gives orders and adds up."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        options = environment.parsed_options
        self.master_bind_host = getattr(options, "master_bind_host", "*")
        self.master_bind_port = getattr(options, "master_bind_port", 5557)
        self.clients = WorkerNodes(HEARTBEAT_LIVENESS)
        """The workers by id."""

    @property
    def worker_count(self) -> int:
        """Without those that are missing."""
        return len(self.clients.there)

    @property
    def reported_user_classes_count(self) -> dict[str, int]:
        """Users of each class on all workers, as they last said."""
        reported: dict[str, int] = {}
        for worker in self.clients.there:
            for name, count in worker.user_classes_count.items():
                reported[name] = reported.get(name, 0) + count
        return reported

    @property
    def user_classes_count(self) -> dict[str, int]:
        reported = self.reported_user_classes_count
        return {name: reported.get(name, 0) for name in self.user_classes_by_name}

    @property
    def worker_indexes(self) -> dict[str, int]:
        """Places of all workers that there ever were, by id."""
        len(self.clients)
        return self.clients.indexes

    @property
    def worker_index_max(self) -> int:
        return max(self.worker_indexes.values(), default=-1) + 1

    def get_worker_index(self, client_id: str) -> int:
        """The worker's place among all, from 0; -1 if it was never there."""
        return self.worker_indexes.get(client_id, -1)

    @property
    def worker_cpu_warning_emitted(self) -> bool:
        return any(worker.cpu_warning_emitted for worker in self.clients.values())

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """To one worker, or to all."""
        _swarm.send_message(msg_type, data, client_id or None)

    def _origin(self, message: Message) -> str:
        return f" from worker {message.node_id} (index {self.get_worker_index(message.node_id)})"

    @property
    def slave_count(self) -> int:
        return self.worker_count


class WorkerRunner(DistributedRunner):
    """A process that runs users for a master."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        options = environment.parsed_options
        self.master_host = getattr(options, "master_host", "127.0.0.1")
        self.master_port = getattr(options, "master_port", 5557)
        self.worker_index = -1
        """Its place among all workers, from 0; -1 until the master has said it."""
        self.connected = False

    @property
    def client_id(self) -> str:
        """What the master knows it by."""
        return _swarm.worker_id()

    @property
    def worker_state(self) -> str:
        return self.state

    def start(self, user_count: int, spawn_rate: float, wait: bool = False,
              user_classes: Iterable[type[User]] | None = None) -> None:
        raise NotImplementedError("a worker does not start runs: its master does")

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """To the master."""
        _swarm.send_message(msg_type, data, None)


# The words of Locust before 1.0.
STATE_HATCHING = STATE_SPAWNING
LocustRunner = Runner
LocalLocustRunner = LocalRunner
MasterLocustRunner = MasterRunner
SlaveLocustRunner = WorkerRunner


def __getattr__(name: str) -> Any:
    if name == "locust_runner":
        from . import _scenario

        return _scenario.environment.runner if _scenario.environment is not None else None
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
