"""Logging."""

import logging
import re

import gevent
import pytest

from locust import log

pytestmark = pytest.mark.usefixtures("fresh_process")


def test_as_locust_sets_it_up(capsys, monkeypatch):
    import sys

    log.setup_logging("info")
    logging.getLogger().handlers[0].setStream(sys.stderr)
    logging.getLogger("mine").info("hello")
    logging.getLogger("mine").debug("hidden")
    assert re.fullmatch(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] [^./]+/INFO/mine: hello\n",
                        capsys.readouterr().err)


def test_into_a_file(tmp_path):
    log.setup_logging("INFO", str(tmp_path / "log"))
    logging.getLogger("mine").info("hello")
    assert (tmp_path / "log").read_text().endswith("/INFO/mine: hello\n")


def test_into_the_program_with_tracebacks(engine):
    log.to_program("INFO")
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("mine").exception("failed %d", 1)
    (level, name, text), = engine.lines
    assert (level, name) == (logging.ERROR, "mine")
    assert text.startswith("failed 1\nTraceback") and text.endswith("division by zero")


@pytest.mark.parametrize("error, level, text", [
    (ValueError("oops"), logging.CRITICAL, "failed"),
    (SystemExit(42), logging.INFO, "sys.exit(42) called")])
def test_greenlets_that_fail(error, level, text, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(gevent.get_hub(), "handle_error", lambda *error: None)

    def fail():
        raise error

    greenlet = gevent.spawn(fail)
    greenlet.link_exception(log.greenlet_exception_logger(logging.getLogger("mine")))
    for _ in range(3):
        gevent.sleep(0)
    assert caplog.records[0].levelno == level and text in caplog.records[0].getMessage()
    assert log.unhandled_greenlet_exception
