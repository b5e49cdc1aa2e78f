from .sequential_taskset import SequentialTaskSet
from .task import TaskSet, tag, task
from .users import FastHttpUser, HttpUser, User

__all__ = ("FastHttpUser", "HttpUser", "SequentialTaskSet", "TaskSet", "User", "tag", "task")
