"""The names by which scripts load locustfiles themselves."""

from __future__ import annotations

from .._loading import import_file, is_shape_class, is_user_class, shape_classes, user_classes
from ..shape import LoadTestShape
from ..user import User

__all__ = ("is_shape_class", "is_user_class", "load_locustfile")


def load_locustfile(path: str) -> tuple[dict[str, type[User]], list[LoadTestShape]]:
    """The user classes of a file by name, and its shapes."""
    module = import_file(path)
    return ({user_class.__name__: user_class for user_class in user_classes(module)},
            [shape_class() for shape_class in shape_classes(module)])
