"""Files written for Locust before 1.0."""

import pytest

import locust
from locust import HttpLocust, HttpUser, Locust, TaskSet, User, events, log, runners, stats, task
from locust.exception import StopLocust, StopUser
from support import environment_of, run


def test_the_classes_are_todays_with_other_defaults():
    assert issubclass(HttpLocust, HttpUser) and issubclass(Locust, User)
    assert HttpLocust.abstract and Locust.abstract
    assert (HttpLocust.min_wait, HttpLocust.max_wait, HttpLocust.weight) == (1000, 1000, 10)
    assert StopLocust is StopUser


def test_the_modules_of_that_time():
    import locust.core
    import locust.events as old_events
    from locust.events import request_success
    from locust.wait_time import between

    assert locust.core.HttpLocust is HttpLocust and locust.core.task is task
    assert old_events is events and request_success is events.request_success
    assert between is locust.between
    assert isinstance(old_events.EventHook(), old_events.EventHook)


class TestTaskSet:
    def test_is_what_the_user_does(self):
        seen = []

        class Behaviour(TaskSet):
            @task
            def look(self):
                seen.append((self.locust, self.parent))

        class Tested(Locust):
            task_set = Behaviour

        user = run(Tested)
        assert seen == [(user, user)] and Tested.tasks == [Behaviour]

    def test_of_a_derived_class_replaces_that_of_its_base(self):
        one, other = type("One", (TaskSet,), {}), type("Other", (TaskSet,), {})
        base = type("Base", (Locust,), {"task_set": one})
        assert type("Derived", (base,), {"task_set": other}).tasks == [other]
        assert type("Derived", (base,), {}).tasks == [one]

    def test_counts_for_nothing_beside_tasks(self):
        def act(user): pass

        old = type("Old", (TaskSet,), {})
        assert type("Both", (HttpUser,), {"task_set": old, "tasks": [act]}).tasks == [act]

    def test_may_be_assigned_later(self):
        said = []
        behaviour = type("Late", (TaskSet,), {"tasks": [lambda task_set: said.append("late")]})

        class Tested(Locust):
            pass

        Tested.task_set = behaviour
        run(Tested)
        assert said == ["late"]

    def test_may_be_on_a_user_of_today(self):
        behaviour = type("Behaviour", (TaskSet,), {})
        assert type("Mixed", (User,), {"task_set": behaviour}).tasks == [behaviour]


def test_schedule_task_with_arguments():
    said = []

    class Behaviour(TaskSet):
        def on_start(self):
            self.schedule_task(self.method, ["late"])
            self.schedule_task(lambda task_set, word, loud=False: said.append((word, loud)),
                               ["first"], {"loud": True}, first=True)
            self.schedule_task(lambda task_set: said.append("today's first"), True)

        def method(self, word):
            said.append(word)

        @task
        def end(self):
            raise StopLocust

    run(type("Tested", (Locust,), {"task_set": Behaviour}), waits=9)
    assert said == ["today's first", ("first", True), "late"]


def test_a_scheduled_task_set_has_its_arguments():
    seen = []

    class Inner(TaskSet):
        @task
        def look(self):
            seen.append((self.args, self.kwargs))
            raise StopLocust

    class Behaviour(TaskSet):
        tasks = [lambda task_set: None]

        def on_start(self):
            self.schedule_task(Inner, [1], {"two": 2})

    run(type("Tested", (Locust,), {"task_set": Behaviour}))
    assert seen == [((1,), {"two": 2})]


class TestStopTimeout:
    """The class attribute: how long a user lives."""

    def lived(self, monkeypatch, seconds_a_task, stop_timeout):
        task_module = __import__("sys").modules["locust.user.task"]
        now = [1000.0]
        monkeypatch.setattr(task_module, "time", lambda: now[0])
        said = []

        class Behaviour(TaskSet):
            @task
            def act(self):
                said.append("act")
                now[0] += seconds_a_task

            def on_stop(self):
                said.append("stop")

        run(type("Tested", (Locust,), {"task_set": Behaviour, "stop_timeout": stop_timeout}), 5)
        return said

    def test_ends_the_user_before_a_task(self, monkeypatch):
        assert self.lived(monkeypatch, 4, 10) == ["act", "act", "act", "stop"]

    def test_none_is_for_ever(self, monkeypatch):
        assert self.lived(monkeypatch, 4, None) == ["act"] * 5 + ["stop"]


class TestHooks:
    def test_plus_equals_adds_and_minus_equals_removes(self):
        said = []

        def listen(**_):
            said.append("told")

        events.hatch_complete += listen
        events.hatch_complete.fire(user_count=3)
        events.hatch_complete -= listen
        events.hatch_complete.fire(user_count=3)
        assert said == ["told"]

    def test_such_listeners_can_be_removed(self):
        @events.quitting.add_listener
        def nothing_wanted():
            raise AssertionError("removed")

        events.quitting -= nothing_wanted
        events.quitting.fire(environment="it")
        assert not log.unhandled_greenlet_exception

    def test_what_does_not_say_what_it_takes_gets_everything(self):
        from locust._hooks import accepted

        assert accepted(int) is None
        assert accepted(lambda a, *rest, b=1: None) == {"a", "b"}

    @pytest.mark.parametrize("today, old, news, told", [
        ("spawning_complete", "hatch_complete", {"user_count": 3}, {"user_count": 3}),
        ("worker_report", "slave_report", {"client_id": "w", "data": 1}, {"client_id": "w", "data": 1}),
        ("user_error", "locust_error", {"user_instance": 1, "exception": 2, "tb": 3},
         {"locust_instance": 1, "exception": 2, "tb": 3}),
        ("test_start", "locust_start_hatching", {"environment": None}, {}),
        ("test_stop", "locust_stop_hatching", {"environment": None}, {})])
    def test_are_told_by_those_of_today(self, today, old, news, told):
        heard = []
        getattr(events, old).add_listener(lambda **kwargs: heard.append(kwargs))
        getattr(events, today).fire(**news)
        assert heard == [told]

    def test_of_the_master(self):
        heard = []
        events.master_start_hatching += lambda: heard.append("master")
        events.locust_start_hatching += lambda: heard.append("locust")
        environment = locust.env.Environment(events=events)
        environment.set_runner(runners.MasterRunner)
        events.test_start.fire(environment=environment)
        assert heard == ["master"]

    def test_listeners_get_the_arguments_that_they_can_take(self):
        heard = []
        events.quitting += lambda: heard.append("nothing")
        events.quitting.add_listener(lambda environment: heard.append(environment))
        events.quitting.add_listener(lambda **kwargs: heard.append(kwargs))
        events.quitting.fire(environment="it")
        assert heard == ["nothing", "it", {"environment": "it"}]


class TestOutcomes:
    """request_success and request_failure."""

    def test_firing_them_counts_requests(self, engine):
        events.request_success.fire(
            request_type="XMLRPC", name="get", response_time=12, response_length=3)
        events.request_failure.fire(
            request_type="XMLRPC", name="get", response_time=5, exception=ValueError("no"))
        assert engine.samples == [("XMLRPC", "get", 12, 3, None, None),
                                  ("XMLRPC", "get", 5, 0, "ValueError('no')", None)]

    def test_firing_them_tells_listeners_of_both_times(self):
        heard = []
        events.request_success += lambda request_type, name, response_time, response_length: (
            heard.append(("success", response_length)))
        events.request.add_listener(lambda context, exception, **_: heard.append((context, exception)))
        events.request_success.fire(
            request_type="X", name="n", response_time=1, response_length=9)
        assert heard == [({}, None), ("success", 9)]

    def test_requests_are_told_to_the_one_that_they_are(self, engine):
        heard = []
        events.request_failure += lambda request_type, name, response_time, exception: (
            heard.append(exception))
        events.request_success += lambda **kwargs: heard.append("success")
        sample = {"request_type": "GET", "name": "/", "response_time": 1.0, "response_length": 2,
                  "context": {}, "response": None, "start_time": 0.0, "url": "/"}
        engine.complete_request(**sample, exception=None)
        engine.complete_request(**sample, exception="bad")
        assert heard == ["success", "bad"]

    def test_the_engine_is_quiet_unless_somebody_listens(self, engine):
        assert engine.listener is None
        listener = events.request_success.add_listener(lambda **_: None)
        assert engine.listener is not None
        events.request_success.remove_listener(listener)
        assert engine.listener is None


class TestGlobals:
    def test_the_runner(self, monkeypatch):
        from locust import _scenario

        monkeypatch.setattr(_scenario, "environment", None)
        assert runners.locust_runner is None
        environment = environment_of()
        monkeypatch.setattr(_scenario, "environment", environment)
        assert runners.locust_runner is environment.runner

    def test_its_names(self, engine):
        runner = environment_of(host="http://host").runner
        runner.start_hatching(7, 2)
        assert engine.orders == [("start", 7, 2, [])]
        assert (runner.num_clients, runner.hatch_rate, runner.host) == (7, 2, "http://host")
        assert runners.STATE_HATCHING == "spawning"
        assert runner.locusts is runner.user_greenlets and runner.locust_classes == []
        assert isinstance(runner, runners.LocalLocustRunner)

    def test_the_stats(self, engine):
        engine.totals["total"]["num_requests"] = 5
        assert stats.global_stats.num_requests == 5
        assert stats.global_stats.aggregated_stats("Total").num_requests == 5


class TestMakingUsers:
    def test_with_or_without_an_environment(self, monkeypatch):
        from locust import _scenario
        from locust._population import make_user

        environment = environment_of()
        monkeypatch.setattr(_scenario, "environment", environment)

        class Without(Locust):
            def __init__(self):
                super().__init__()

        class With(Locust):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)

        for user_class in (Locust, With, Without):
            assert make_user(user_class, environment).environment is environment
