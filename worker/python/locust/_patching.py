"""Makes the standard library cooperate with other greenlets, as `import locust` does.

LOCUST_SKIP_MONKEY_PATCH and LOCUST_SKIP_URLLIB3_PATCH, if set, prevent it.
"""

from __future__ import annotations

import importlib.abc
import os
import sys
from types import ModuleType
from typing import Any

POOLS = "urllib3.connectionpool"


class PoolFinder(importlib.abc.MetaPathFinder):
    """Finds urllib3's pools as everybody else does, and patches them once they are imported:
    importing urllib3 only to patch it would cost every start a tenth of a second."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != POOLS:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        specs = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_and_patch(module: ModuleType) -> None:
            execute(module)
            patch_pools(module)

        spec.loader.exec_module = execute_and_patch  # type: ignore[method-assign]
        return spec


def patch_pools(module: ModuleType) -> None:
    """Locust's choice: connections wait in a queue of gevent's."""
    from gevent.queue import LifoQueue

    module.ConnectionPool.QueueCls = LifoQueue


def patch() -> None:
    import _swarm_gevent

    _swarm_gevent.install()  # before anything makes a hub
    if os.environ.get("LOCUST_SKIP_MONKEY_PATCH"):
        return
    from gevent import monkey

    monkey.patch_all()
    if os.environ.get("LOCUST_SKIP_URLLIB3_PATCH"):
        return
    if POOLS in sys.modules:
        patch_pools(sys.modules[POOLS])
    else:
        sys.meta_path.insert(0, PoolFinder())
