"""`python -m locust` is the program."""

from __future__ import annotations

import sys

import _swarm

from .util.load_locustfile import is_shape_class, is_user_class, load_locustfile

__all__ = ("is_shape_class", "is_user_class", "load_locustfile", "main")


def main(args: list[str] | None = None) -> None:
    """Runs the program with these arguments, or the process's; does not return."""
    sys.exit(_swarm.main(sys.argv[1:] if args is None else args))
