"""Task sets that execute their tasks in the order of declaration."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from ._declared import Task, decorated, inherited, repeated
from .task import TaskSet, TaskSetMeta, no_tasks


class SequentialTaskSetMeta(TaskSetMeta):
    """Where `tasks` is assigned between decorated methods, its tasks come between theirs."""

    @staticmethod
    def collect(bases: tuple[type, ...], members: dict[str, Any]) -> list[Task]:
        tasks = inherited(bases)
        for key, member in members.items():
            if key == "tasks":
                if not isinstance(member, (list, dict)):
                    raise ValueError("`tasks` of a SequentialTaskSet must be a list or a dict")
                tasks += repeated(member)
            tasks += decorated(member)
        return tasks


class SequentialTaskSet(TaskSet, metaclass=SequentialTaskSetMeta):
    """All tasks in turn, and again from the first one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._task_cycle = cycle(self.tasks)

    def get_next_task(self) -> Task:
        if not self.tasks:
            raise no_tasks(self)
        return next(self._task_cycle)
