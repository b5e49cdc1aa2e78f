"""How tasks are declared (@task, @tag, `tasks`), collected from classes, and chosen by tags."""

from __future__ import annotations

import logging
from typing import Any, Callable, Iterator, TypeVar, overload

Task = Callable[..., Any]  # a function, or a class of task sets
TaskT = TypeVar("TaskT", bound=Task)


@overload
def task(weight: TaskT) -> TaskT: ...
@overload
def task(weight: int = 1) -> Callable[[TaskT], TaskT]: ...
def task(weight: Any = 1) -> Any:
    """Makes a method, or a nested task set, a task; `@task(3)` is chosen three times as often."""

    def decorate(declared: Any) -> Any:
        if declared.__name__ in ("on_start", "on_stop"):
            logging.warning(
                "%s is decorated with @task: it will be called as a task as well",
                declared.__qualname__)
        if declared.__name__ == "run":
            raise Exception("run() is what runs the tasks, it cannot be a task itself: "
                            "give the method another name.")
        declared.locust_task_weight = weight
        return declared

    if callable(weight):
        declared, weight = weight, 1
        return decorate(declared)
    return decorate


def tag(*tags: str) -> Callable[[TaskT], TaskT]:
    """Names for --tags and --exclude-tags; on a task set, for all tasks in it."""
    if not tags or callable(tags[0]):
        raise ValueError("No tag name was supplied")

    def decorate(declared: Any) -> Any:
        if hasattr(declared, "tasks"):
            declared.tasks = [decorate(task) for task in declared.tasks]
        else:
            if "locust_tag_set" not in vars(declared):
                declared.locust_tag_set = set()
            declared.locust_tag_set |= set(tags)
        return declared

    return decorate


def repeated(tasks: Any) -> Iterator[Task]:
    """A list, a list of (task, weight) or a dict {task: weight}, each task as often as it weighs."""
    for entry in tasks.items() if isinstance(tasks, dict) else tasks:
        if isinstance(entry, tuple):
            task, weight = entry
            yield from [task] * weight
        else:
            yield entry


def decorated(member: Any) -> list[Task]:
    """The member of a class as often as @task says."""
    return [member] * member.locust_task_weight if "locust_task_weight" in dir(member) else []


def collect(bases: tuple[type, ...], members: dict[str, Any]) -> list[Task]:
    """All tasks of a class: its bases', those of `tasks`, and decorated members."""
    tasks = inherited(bases)
    tasks += repeated(members.get("tasks") or ())
    for member in members.values():
        tasks += decorated(member)
    return tasks


def inherited(bases: tuple[type, ...]) -> list[Task]:
    return [task for base in bases for task in getattr(base, "tasks", None) or ()]


def filter_tasks_by_tags(holder: Any, tags: set[str] | None = None,
                         exclude_tags: set[str] | None = None,
                         checked: dict[Task, bool] | None = None) -> None:
    """Takes those tasks out of a user class or task set, and of all below it, that must not run."""
    if checked is None:
        checked = {}
    kept = []
    for task in holder.tasks:
        if task not in checked:
            checked[task] = True  # a task set that contains itself
            checked[task] = passes(task, tags, exclude_tags, checked)
        if checked[task]:
            kept.append(task)
    holder.tasks = kept
    if not kept:
        logging.warning("%s had no tasks left after filtering, instantiating it will fail!",
                        holder.__name__)


def passes(task: Any, tags: set[str] | None, exclude_tags: set[str] | None,
           checked: dict[Task, bool]) -> bool:
    if hasattr(task, "tasks"):
        filter_tasks_by_tags(task, tags, exclude_tags, checked)
        return bool(task.tasks)
    own: set[str] = getattr(task, "locust_tag_set", set())
    return (tags is None or bool(own & tags)) and (exclude_tags is None or not own & exclude_tags)


def task_name(task: Any) -> str:
    return getattr(task, "__name__", None) or type(task).__name__
