"""The hooks that a scenario may listen to."""

from __future__ import annotations

from typing import Any

from ._hooks import EchoingHook, EventHook, OldHook, RequestHook

__all__ = ("EventHook", "Events")

PLAIN = ("cpu_warning", "heartbeat_received", "heartbeat_sent", "init", "init_command_line_parser",
         "quit", "report_to_master", "test_stopping", "usage_monitor", "worker_connect")
OLD = ("hatch_complete", "locust_error", "locust_start_hatching", "locust_stop_hatching",
       "master_start_hatching", "master_stop_hatching", "quitting", "reset_stats", "slave_report")


class Events:
    """All hooks. Their listeners get keyword arguments, and should take `**kwargs` besides."""

    request: RequestHook
    """A request ended: request_type, name, response_time (ms), response_length, response, context,
    exception (None: it succeeded), start_time (of the wall clock), url."""
    user_error: EventHook
    """An exception left a task: user_instance, exception, tb."""
    report_to_master: EventHook
    """A worker is about to report: client_id, data (a dict that may be added to)."""
    worker_report: EventHook
    """The master got a report: client_id, data."""
    worker_connect: EventHook
    """A worker joined the master: client_id."""
    spawning_complete: EventHook
    """All users are there: user_count."""
    quitting: EventHook
    """The process is about to end: environment. Listeners are called in reverse order."""
    quit: EventHook
    """The process ends: exit_code."""
    init: EventHook
    """Everything is set up: environment, runner, web_ui."""
    init_command_line_parser: EventHook
    """Options may be added: parser."""
    test_start: EventHook
    """A run starts, on each node: environment."""
    test_stopping: EventHook
    """A run is about to stop, its users are still there: environment."""
    test_stop: EventHook
    """A run has stopped: environment."""
    reset_stats: EventHook
    """The statistics start again from zero."""
    cpu_warning: EventHook
    """The process used too much of its processor: environment, cpu_usage (%)."""
    heartbeat_sent: EventHook
    """The master answered a worker: client_id, timestamp."""
    heartbeat_received: EventHook
    """A worker heard of its master: client_id, timestamp."""
    usage_monitor: EventHook
    """Regularly: environment, cpu_usage (%), memory_usage (bytes)."""

    # Of Locust before 1.0.
    request_success: EventHook
    request_failure: EventHook
    locust_error: EventHook
    hatch_complete: EventHook
    slave_report: EventHook
    locust_start_hatching: EventHook
    locust_stop_hatching: EventHook
    master_start_hatching: EventHook
    master_stop_hatching: EventHook

    def __init__(self) -> None:
        for name in PLAIN:
            setattr(self, name, EventHook())
        for name in OLD:
            setattr(self, name, OldHook())
        self.request = RequestHook()
        self.request_success = self.request.success
        self.request_failure = self.request.failure
        self.user_error = EchoingHook(self._echo_user_error)
        self.spawning_complete = EchoingHook(lambda news: self.hatch_complete.fire(**news))
        self.worker_report = EchoingHook(lambda news: self.slave_report.fire(**news))
        self.test_start = EchoingHook(lambda news: self._echo_hatching("start", **news))
        self.test_stop = EchoingHook(lambda news: self._echo_hatching("stop", **news))

    def _echo_user_error(self, news: dict[str, Any]) -> None:
        self.locust_error.fire(locust_instance=news.get("user_instance"),
                               exception=news.get("exception"), tb=news.get("tb"))

    def _echo_hatching(self, what: str, environment: Any = None, **_: Any) -> None:
        from .runners import MasterRunner

        if isinstance(getattr(environment, "runner", None), MasterRunner):
            getattr(self, f"master_{what}_hatching").fire()
        else:
            getattr(self, f"locust_{what}_hatching").fire()


# As in the module that `events` was before Locust 1.0.
setattr(Events, "EventHook", EventHook)
