"""Hooks, and what is counted by firing them."""

import gevent
import pytest
from gevent import GreenletExit

import locust
from locust import User, events, log, task
from locust.event import EventHook, Events
from locust.exception import (
    InterruptTaskSet, RescheduleTask, RescheduleTaskImmediately, StopTest, StopUser)
from support import run

NAMES = ("cpu_warning heartbeat_received heartbeat_sent init init_command_line_parser quit quitting "
         "report_to_master request reset_stats spawning_complete test_start test_stop test_stopping "
         "usage_monitor user_error worker_connect worker_report").split()
SAMPLE = {"request_type": "GET", "name": "/", "response_time": 12.5, "response_length": 3}


@pytest.mark.parametrize("name", NAMES)
def test_there_is_a_hook_for(name):
    heard = []
    getattr(events, name).add_listener(lambda **kwargs: heard.append(kwargs))
    news = {**SAMPLE, "user_instance": 1, "exception": None, "tb": None, "user_count": 2}
    getattr(events, name).fire(**news)
    assert heard == [news]


def test_listeners_are_called_in_order_or_in_reverse():
    said = []
    hook = EventHook()
    hook.add_listener(lambda: said.append(1))
    hook.add_listener(lambda: said.append(2))
    hook.fire()
    hook.fire(reverse=True)
    assert said == [1, 2, 2, 1]


def test_add_listener_is_a_decorator_and_remove_listener_its_opposite():
    hook = EventHook()

    @hook.add_listener
    def listener():
        raise AssertionError("removed")

    hook.remove_listener(listener)
    hook.fire()
    with pytest.raises(ValueError):
        hook.remove_listener(listener)


def test_a_listener_may_remove_itself():
    said = []
    hook = EventHook()

    def once():
        said.append("once")
        hook.remove_listener(once)

    hook.add_listener(once)
    hook.add_listener(lambda: said.append("always"))
    hook.fire()
    hook.fire()
    assert said == ["once", "always", "always"]


@pytest.mark.parametrize("steering", [
    StopUser, StopTest, RescheduleTask, RescheduleTaskImmediately, InterruptTaskSet])
def test_what_steers_the_user_leaves_the_hook(steering):
    said = []
    hook = EventHook()

    def steer():
        raise steering

    hook.add_listener(steer)
    hook.add_listener(lambda: said.append("later"))
    with pytest.raises(steering):
        hook.fire()
    assert said == [] and not log.unhandled_greenlet_exception


def test_other_exceptions_are_logged_and_remembered(caplog):
    said = []
    hook = EventHook()

    def fail():
        raise ValueError("oops")

    hook.add_listener(fail)
    hook.add_listener(lambda: said.append("later"))
    hook.fire()
    assert said == ["later"]
    assert "Uncaught exception in event handler" in caplog.text and "oops" in caplog.text
    assert log.unhandled_greenlet_exception


class TestRequest:
    def test_firing_it_counts_it(self, engine):
        events.request.fire(**SAMPLE, start_time=5.0, context={}, exception=None)
        assert engine.samples == [("GET", "/", 12.5, 3, None, 5.0)]

    def test_an_exception_makes_it_a_failed_one(self, engine):
        events.request.fire(**SAMPLE, exception=ConnectionRefusedError(111, "Connection refused"))
        assert engine.samples[0][4] == "ConnectionRefusedError(111, 'Connection refused')"

    def test_an_exception_may_be_a_text(self, engine):
        events.request.fire(**SAMPLE, exception="too slow")
        assert engine.samples[0][4] == "too slow"

    def test_addresses_do_not_split_errors(self, engine):
        class Reason(Exception):
            pass

        events.request.fire(**SAMPLE, exception=Reason(object()))
        assert engine.samples[0][4] == "Reason(<object object at 0x....>)"

    def test_without_a_time_or_a_length(self, engine):
        events.request.fire(request_type="X", name=1, response_time=None, response_length=None)
        assert engine.samples == [("X", "1", None, 0, None, None)]

    def test_is_counted_whatever_its_listeners_raise(self, engine):
        def fail(**_):
            raise StopUser

        events.request.add_listener(fail)
        with pytest.raises(StopUser):
            events.request.fire(**SAMPLE)
        assert len(engine.samples) == 1

    def test_listeners_get_what_was_fired(self):
        heard = []
        events.request.add_listener(lambda **kwargs: heard.append(kwargs))
        events.request.fire(**SAMPLE, mine=1)
        assert heard == [{**SAMPLE, "mine": 1}]

    def test_the_engines_requests_are_told_but_not_counted_again(self, engine):
        heard = []
        events.request.add_listener(lambda **kwargs: heard.append(kwargs))
        engine.complete_request(**SAMPLE, exception=None)
        assert heard == [{**SAMPLE, "exception": None}]
        assert len(engine.samples) == 1

    def test_the_engine_is_told_to_be_quiet_when_nobody_listens(self, engine):
        assert engine.listener is None
        listener = events.request.add_listener(lambda **_: None)
        assert engine.listener is not None
        events.request.remove_listener(listener)
        assert engine.listener is None

    def test_a_hook_that_is_the_engines_later_brings_its_listeners(self, engine):
        heard = []
        hook = Events().request
        hook.add_listener(lambda **kwargs: heard.append(kwargs["name"]))
        hook.listen_to_engine()
        engine.complete_request(**SAMPLE)
        assert heard == ["/"]

    def test_hooks_of_other_environments_do_not_hear_the_engine(self, engine):
        Events().request.add_listener(lambda **_: None)
        assert engine.listener is None

    def test_a_task_that_fires_without_a_permit_ends_its_user(self, engine):
        class Tested(User):
            @task
            def act(self):
                events.request.fire(**SAMPLE)

            def on_stop(self):
                said.append("stop")

        said = []
        engine.permits = 2
        run(Tested, waits=9)
        assert len(engine.samples) == 2 and said == ["stop"]


class TestMeasure:
    def test_counts_the_block_with_its_time(self, engine, monkeypatch):
        now = iter([1.0, 1.25])
        monkeypatch.setattr("locust._hooks.time.perf_counter", lambda: next(now))
        monkeypatch.setattr("locust._hooks.time.time", lambda: 50.0)
        with events.request.measure("SQL", "select", 7, {"a": 1}) as meta:
            assert meta == {"request_type": "SQL", "name": "select", "response_length": 7,
                            "context": {"a": 1}, "exception": None, "start_time": 50.0}
        assert engine.samples == [("SQL", "select", 250.0, 7, None, 50.0)]

    def test_the_block_may_change_it(self, engine):
        with events.request.measure("SQL", "select") as meta:
            meta["name"], meta["response_length"] = "insert", 9
        assert engine.samples[0][1:4:2] == ("insert", 9)

    def test_an_exception_is_a_failure_and_goes_no_further(self, engine):
        with events.request.measure("SQL", "select"):
            raise ValueError("no")
        assert engine.samples[0][4] == "ValueError('no')"

    def test_a_failure_may_be_set(self, engine):
        with events.request.measure("SQL", "select") as meta:
            meta["exception"] = ValueError("no")
        assert engine.samples[0][4] == "ValueError('no')"

    def test_a_timeout_is_a_failure_and_goes_on(self, engine):
        with pytest.raises(gevent.Timeout):
            with events.request.measure("SQL", "select"):
                raise gevent.Timeout(3)
        assert engine.samples[0][4].startswith("<Timeout") or "Timeout" in engine.samples[0][4]

    def test_a_killed_user_interrupts_it(self, engine):
        with pytest.raises(GreenletExit):
            with events.request.measure("SQL", "select"):
                raise GreenletExit
        assert engine.samples == [] and engine.interrupted == [("SQL", "select")]

    def test_the_permit_is_taken_before_the_block(self, engine):
        engine.permits = 1
        done = []
        for _ in range(2):
            try:
                with events.request.measure("SQL", "select"):
                    done.append("done")
            except StopUser:
                done.append("refused")
        assert done == ["done", "refused"] and len(engine.samples) == 1

    def test_a_block_that_is_refused_a_permit_within_is_not_counted(self, engine):
        engine.permits = 1
        with pytest.raises(StopUser):
            with events.request.measure("FLOW", "checkout"):
                events.request.fire(**SAMPLE)
        assert engine.samples == [] and engine.interrupted == [("FLOW", "checkout")]

    def test_listeners_are_told_at_its_end(self):
        heard = []
        events.request.add_listener(lambda name, exception, **_: heard.append((name, exception)))
        with events.request.measure("SQL", "select"):
            assert heard == []
        assert heard == [("select", None)]

    def test_any_hook_measures(self):
        heard = []
        hook = EventHook()
        hook.add_listener(lambda **kwargs: heard.append(kwargs["name"]))
        with hook.measure("X", "mine"):
            pass
        assert heard == ["mine"]


def test_the_process_has_one_set_of_hooks():
    assert isinstance(locust.events, Events)
    assert locust.events.request.tell is not None
