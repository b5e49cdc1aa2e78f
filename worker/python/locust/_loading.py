"""Imports the files of a scenario, and says what is wrong with one that cannot be imported."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import inspect
import os
import sys
import traceback
from types import ModuleType
from typing import Any, Iterator

from .shape import LoadTestShape
from .user import User
from .user.users import Locust

OWN_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep


class ScenarioError(Exception):
    """The files are fine one by one, but not together. The text is for their author."""


def is_user_class(item: Any) -> bool:
    """A class of users that may be spawned. Before Locust 1.0, one without tasks could not be."""
    if not (inspect.isclass(item) and issubclass(item, User) and item.abstract is False):
        return False
    return bool(item.tasks) or not issubclass(item, Locust)


def is_shape_class(item: Any) -> bool:
    return inspect.isclass(item) and issubclass(item, LoadTestShape) and not item.abstract


def user_classes(module: ModuleType) -> list[type[User]]:
    """In the order of their definition, each once."""
    return list(dict.fromkeys(filter(is_user_class, vars(module).values())))


def shape_classes(module: ModuleType) -> list[type[LoadTestShape]]:
    return list(dict.fromkeys(filter(is_shape_class, vars(module).values())))


def import_file(path: str) -> ModuleType:
    """The module of a file. Its folder is the first place where its imports are looked for; if it
    lies in a package, its relative imports work as well."""
    path = os.path.abspath(path)
    folder, file = os.path.split(path)
    stem = os.path.splitext(file)[0]
    place_first(folder)
    package, root = package_of(folder)
    if package:
        sys.path.insert(1, root)
    name = f"{package}.{stem}" if package else stem
    for known in (name, stem):
        if getattr(sys.modules.get(known), "__file__", None) == path:
            return sys.modules[known]  # another file of the scenario has imported it
    return execute(free(name), stem, path)


def place_first(folder: str) -> None:
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    if folder in sys.path:
        sys.path.remove(folder)
    sys.path.insert(0, folder)


def package_of(folder: str) -> tuple[str, str]:
    """The package that a folder is, "" if it is none; and where that is imported from."""
    names: list[str] = []
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        names.insert(0, name)
    return ".".join(names), folder


def free(name: str) -> str:
    """Locustfiles may be called as they like, also as a module that somebody else has imported."""
    number, candidate = 1, name
    while candidate in sys.modules:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def execute(name: str, alias: str, path: str) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    names = [name, alias] if alias not in sys.modules else [name]
    sys.modules.update(dict.fromkeys(names, module))
    try:
        loader.exec_module(module)
    except BaseException:
        for known in names:
            sys.modules.pop(known, None)
        raise
    return module


def collect(paths: list[str]) -> tuple[dict[str, type[User]], list[LoadTestShape]]:
    """The user classes and shapes of all files. Errors: ScenarioError, and what the files raise."""
    users: dict[str, type[User]] = {}
    shapes: dict[str, type[LoadTestShape]] = {}
    for path in paths:
        module = import_file(path)
        for user_class in user_classes(module):
            name = user_class.__name__
            other = users.setdefault(name, user_class)
            if other is not user_class and (
                    other.__module__ == user_class.__module__ or file_of(other) != file_of(user_class)):
                raise ScenarioError(f"Duplicate user class names: {name} is defined in both "
                                    f"{file_of(other)} and {file_of(user_class)}")
        for shape_class in shape_classes(module):
            name = shape_class.__name__
            if shapes.setdefault(name, shape_class) is not shape_class:
                raise ScenarioError(f"Duplicate shape classes: {name}")
    return users, [shape_class() for shape_class in shapes.values()]


def file_of(item: type) -> str:
    return inspect.getfile(item)


def describe(error: BaseException) -> str:
    """What Python itself would print, without what is ours."""
    if isinstance(error, ScenarioError):
        return f"{error}\n"
    report = traceback.TracebackException.from_exception(error)
    for part in chain(report):
        frames = [frame for frame in part.stack if not is_ours(frame.filename)]
        part.stack = traceback.StackSummary.from_list(frames) if frames else None  # type: ignore
    return "".join(report.format())


def chain(report: traceback.TracebackException | None) -> Iterator[traceback.TracebackException]:
    while report is not None:
        yield report
        report = report.__cause__ or report.__context__


def is_ours(filename: str) -> bool:
    return filename.startswith((OWN_FOLDER, "<frozen importlib"))
