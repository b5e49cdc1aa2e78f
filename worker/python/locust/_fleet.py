"""The workers of a master, as a scenario sees them: `environment.runner.clients`."""

from __future__ import annotations

from typing import Iterator, Mapping, ValuesView

import _swarm

READY, SPAWNING, RUNNING, MISSING = "ready", "spawning", "running", "missing"
CPU_LIMIT_PERCENT = 90


class WorkerNode:
    """One worker."""

    def __init__(self, id: str, state: str = READY, heartbeat_liveness: int = 3) -> None:
        self.id = id
        self.state = state
        """ready, spawning, running, stopping or missing."""
        self.heartbeat = heartbeat_liveness
        """Below 0: it is missing."""
        self.cpu_usage = 0.0
        """Of one core, in %."""
        self.memory_usage = 0
        """Bytes."""
        self.cpu_warning_emitted = False
        """It used too much of its processor, at least once."""
        self.user_classes_count: dict[str, int] = {}
        """Users of each class."""

    @property
    def user_count(self) -> int:
        return sum(self.user_classes_count.values())


class WorkerNodes(Mapping):
    """All workers by id. Looking at it asks the engine; a worker keeps its object."""

    def __init__(self, liveness: int) -> None:
        self._nodes: dict[str, WorkerNode] = {}
        self._liveness = liveness
        self.indexes: dict[str, int] = {}
        """Of all workers that there ever were, by id."""

    def _present(self) -> dict[str, WorkerNode]:
        before, self._nodes = self._nodes, {}
        for id, state, index, users, cpu_percent, bytes_memory in _swarm.workers():
            node = self._nodes[id] = before.get(id) or WorkerNode(id)
            node.state = state
            node.heartbeat = -1 if state == MISSING else self._liveness
            node.cpu_usage, node.memory_usage = cpu_percent, bytes_memory
            node.cpu_warning_emitted |= cpu_percent > CPU_LIMIT_PERCENT
            node.user_classes_count = {} if state == MISSING else users
            self.indexes[id] = index
        return self._nodes

    def __getitem__(self, id: str) -> WorkerNode:
        return self._present()[id]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._present()))

    def __len__(self) -> int:
        return len(self._present())

    def values(self) -> ValuesView[WorkerNode]:
        return dict(self._present()).values()

    def get_by_state(self, state: str) -> list[WorkerNode]:
        return [node for node in self._present().values() if node.state == state]

    @property
    def all(self) -> ValuesView[WorkerNode]:
        return self.values()

    @property
    def ready(self) -> list[WorkerNode]:
        return self.get_by_state(READY)

    @property
    def spawning(self) -> list[WorkerNode]:
        return self.get_by_state(SPAWNING)

    @property
    def running(self) -> list[WorkerNode]:
        return self.get_by_state(RUNNING)

    @property
    def missing(self) -> list[WorkerNode]:
        return self.get_by_state(MISSING)

    @property
    def there(self) -> list[WorkerNode]:
        """All but those that are missing."""
        return [node for node in self._present().values() if node.state != MISSING]
