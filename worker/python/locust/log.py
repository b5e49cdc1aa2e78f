"""Logging as Locust sets it up, and into the program's own log while `swarm` runs."""

from __future__ import annotations

import logging
import re
import socket
from typing import Any, Callable

import _swarm

HOSTNAME = re.sub(r"\..*", "", socket.gethostname())
FORMAT = f"[%(asctime)s] {HOSTNAME}/%(levelname)s/%(name)s: %(message)s"

# Something went wrong where no task could be blamed (a listener, a greenlet of ours): the process
# exits with 2 unless there is a better reason for another code.
unhandled_greenlet_exception = False


class ProgramHandler(logging.Handler):
    """Passes records on to the program, which knows their place and format."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            _swarm.log(record.levelno, record.name, self.format(record))
        except Exception:
            self.handleError(record)


def setup_logging(loglevel: str, logfile: str | None = None) -> None:
    """All records from `loglevel` on go to stderr or to the file, in Locust's format."""
    handler: logging.Handler
    handler = logging.FileHandler(logfile) if logfile else logging.StreamHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    replace_handlers(handler, loglevel)


def to_program(loglevel: str) -> None:
    """All records from `loglevel` on go to the program's log."""
    replace_handlers(ProgramHandler(), loglevel)


def replace_handlers(handler: logging.Handler, loglevel: str) -> None:
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(loglevel.upper())


def greenlet_exception_logger(
        logger: logging.Logger, level: int = logging.CRITICAL) -> Callable[[Any], None]:
    """What to call (`Greenlet.link_exception`) when a greenlet ended with an exception."""

    def log_exception(greenlet: Any) -> None:
        global unhandled_greenlet_exception
        unhandled_greenlet_exception = True
        if isinstance(greenlet.exception, SystemExit):
            logger.log(min(logging.INFO, level),
                       "sys.exit(%s) called", greenlet.exception)
            level_of_trace = logging.DEBUG
        else:
            level_of_trace = level
        logger.log(level_of_trace, "%s failed", greenlet,
                   exc_info=greenlet.exc_info)

    return log_exception
