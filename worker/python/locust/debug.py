"""Runs one user in the present thread, for a debugger."""

from __future__ import annotations

import inspect
import os
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from . import argument_parser, log
from .env import Environment
from .exception import CatchResponseError

if TYPE_CHECKING:
    from .user import User

ERROR_WIDTH = 500

_environment: Environment | None = None


class PrintListener:
    """Prints a line for each request, with tabs between its fields."""

    def __init__(self, environment: Environment, include_length: bool = False,
                 include_time: bool = False, include_context: bool = False,
                 include_payload: bool = False) -> None:
        self.include_length = include_length
        self.include_time = include_time
        self.include_context = include_context
        self.include_payload = include_payload
        environment.events.request.add_listener(self.on_request)
        print("\n" + self._line(f"{'time':24}", "type", f"{'name':50}", "resp_ms", "length",
                                "exception", "context", "payload"))

    def _line(self, time: Any, kind: Any, name: str, took: str, length: Any, error: str,
              context: Any, payload: Any) -> str:
        fields = [(time, self.include_time), (kind, True), (name, True), (took, True),
                  (length, self.include_length), (error, True), (context, self.include_context),
                  (payload, self.include_payload)]
        return "\t".join(str(field) for field, shown in fields if shown)

    def on_request(self, request_type: str, name: str, response_time: float | None = None,
                   response_length: int | None = None, exception: Any = None, context: Any = None,
                   start_time: float | None = None, response: Any = None, **_: Any) -> None:
        at = datetime.fromtimestamp(start_time, timezone.utc) if start_time else datetime.now()
        took = str(round(-1 if response_time is None else response_time))
        request = getattr(response, "request", None)
        print(self._line(at, request_type, f"{name or '':50}", f"{took:7}", response_length,
                         f"{error_text(exception):9}", context or "",
                         getattr(request, "body", None)))


def error_text(exception: Any) -> str:
    if not exception:
        return ""
    text = str(exception) if isinstance(exception, CatchResponseError) else repr(exception)
    return text[:ERROR_WIDTH].replace("\n", " ")


def run_single_user(user_class: type[User], include_length: bool = False, include_time: bool = False,
                    include_context: bool = False, include_payload: bool = False,
                    loglevel: str | None = "WARNING") -> None:
    """Runs a user of this class until it ends, and prints its requests. The hooks `init` and
    `test_start` are fired as in a run. `loglevel` None leaves the logging as it is."""
    import locust

    global _environment
    if loglevel:
        log.setup_logging(loglevel)
    if _environment is None:
        file = os.path.basename(inspect.stack()[1].filename)
        _environment = environment_of_command_line(file)
        PrintListener(
            _environment, include_length, include_time, include_context, include_payload)
        locust.events.init.fire(environment=_environment, runner=None, web_ui=None)
        if log.unhandled_greenlet_exception:
            sys.exit(1)
    _environment.user_classes = [user_class]
    _environment.filter_tasks()
    _environment.events.test_start.fire(environment=_environment)
    if _environment.host:
        user_class.host = _environment.host
    user = user_class(_environment)
    _environment.single_user_instance = user  # type: ignore[attr-defined]
    user.run()


def environment_of_command_line(locustfile: str) -> Environment:
    import locust

    parser = argument_parser.get_parser()
    try:
        options = parser.parse_args()
    except argument_parser.OptionError as error:
        parser.exit(2, f"{parser.prog}: error: {error}\n")
    options.locustfile = locustfile
    return Environment(events=locust.events, locustfile=locustfile, host=options.host,
                       parsed_options=options)
