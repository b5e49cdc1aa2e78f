"""The web interface as a locustfile sees it: swarm's own is part of the engine, and no Flask."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from .env import Environment

logger = logging.getLogger(__name__)


class App:
    """Takes what a file adds to Locust's Flask, says once that it is not served, and forgets it."""

    def __init__(self) -> None:
        self._told = False
        self.config: dict[str, Any] = {}
        self.jinja_env = None
        self.view_functions: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        if not self._told:
            self._told = True
            logger.warning("environment.web_ui.app.%s: swarm's web interface is no Flask, what a file "
                           "adds to it is not served; /api/v1 has the run's data", name)
        return accept


def accept(*args: Any, **_: Any) -> Any:
    """A decorator, or what makes one: the function stays as it is."""
    return args[0] if len(args) == 1 and callable(args[0]) else accept


app = App()
"""Of Locust before 1.0."""


class WebUI:
    """`environment.web_ui` of the local role and of masters, without --headless."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.app = app
        self.template_args: dict[str, Any] = {}
        self.auth_args: dict[str, Any] = {}
        options = environment.parsed_options
        self.userclass_picker_is_active = bool(getattr(options, "class_picker", False))

    def auth_required_if_enabled(self, view: Callable[..., Any]) -> Callable[..., Any]:
        return view

    def stop(self) -> None:
        """It ends with the process."""
