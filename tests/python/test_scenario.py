"""locust._scenario: what the engine calls."""

import logging

import _swarm
import gevent
import gevent.event
import pytest

import locust
from locust import _scenario, events, log, runners
from locust._entry import Entry
from locust.argument_parser import custom_parser

SHOP = """
from locust import HttpUser, User, TaskSet, task, events, constant

class Browse(TaskSet):
    @task(3)
    def look(self): pass

    @task
    class Cart(TaskSet):
        @task
        def add(self): pass

class Visitor(User):
    weight = 2.5
    host = "http://shop"
    tasks = {Browse: 2}
    wait_time = constant(1)

    @task
    def leave(self): pass

class Admin(User):
    fixed_count = 1
    tasks = [lambda user: None]

class Base(User):
    abstract = True
"""

SHAPED = SHOP + """
from locust import LoadTestShape

class Steps(LoadTestShape):
    ticks = [(10, 2), (20, 4.5, [Visitor]), None]

    def tick(self):
        return self.ticks.pop(0)
"""


@pytest.fixture
def load(tmp_path, monkeypatch, fresh_process):
    """Loads a scenario of this text."""
    monkeypatch.setattr(_scenario, "environment", None)

    def load(text):
        file = tmp_path / f"file_{len(list(tmp_path.iterdir()))}.py"
        file.write_text(text)
        return _scenario.load([str(file)])

    return load


@pytest.fixture
def configured(load):
    def configure(text=SHOP, chosen=(), **options):
        scenario = load(text)
        scenario.configure(options, list(chosen))
        return scenario

    return configure


def turn():
    """Lets all greenlets run that can."""
    for _ in range(5):
        gevent.sleep(0)


def test_user_classes_with_their_tasks_by_name(load):
    (admin, visitor) = load(SHOP).user_classes()
    assert admin[:4] == ("Admin", 1.0, 1, "")
    assert visitor == ("Visitor", 2.5, 0, "http://shop", [
        ("Browse", 2.0, [("look", 3.0, []), ("Cart", 1.0, [("add", 1.0, [])])]),
        ("leave", 1.0, [])])


def test_the_tasks_of_a_task_set_of_old_are_the_users(load):
    scenario = load("""
from locust import HttpLocust, TaskSet, task
class ApiClientBehavior(TaskSet):
    @task(1)
    def one(self): pass
    @task(2)
    def two(self): pass
class ApiClient(HttpLocust):
    task_set = ApiClientBehavior
""")
    assert scenario.user_classes() == [
        ("ApiClient", 10.0, 0, "", [("one", 1.0, []), ("two", 2.0, [])])]


def test_a_task_set_within_itself_ends(load):
    (_, _, _, _, tasks), = load("""
from locust import User, TaskSet
class Loop(TaskSet):
    tasks = [lambda s: None]
Loop.tasks.append(Loop)
class Visitor(User):
    tasks = [Loop]
""").user_classes()
    assert tasks == [("Loop", 1.0, [("<lambda>", 1.0, []), ("Loop", 1.0, [])])]


def test_add_arguments_lets_the_file_add_its_own(load):
    scenario = load(SHOP + """
@events.init_command_line_parser.add_listener
def add(parser):
    parser.add_argument("--tenant", default="a", env_var="TENANT", is_secret=True)
""")
    parser = custom_parser()
    scenario.add_arguments(parser)
    assert parser.values(["--tenant", "b"]) == {"tenant": "b"}


class TestConfigure:
    def test_makes_the_environment(self, configured):
        configured(host="http://other", tags=None, stop_timeout=3, tenant="b", reset_stats=True)
        environment = _scenario.environment
        assert environment.host == "http://other" and environment.stop_timeout == 3
        assert environment.reset_stats is True and environment.web_ui is None
        assert environment.parsed_options.tenant == "b"
        assert environment.events is events
        assert [c.__name__ for c in environment.user_classes] == ["Admin", "Visitor"]
        assert sorted(environment.available_user_classes) == ["Admin", "Visitor"]
        assert environment.locustfile.endswith(".py")

    def test_what_a_file_adds_to_the_web_interface_is_taken_with_one_line(self, configured, engine):
        configured(headless=False)
        web_ui = _scenario.environment.web_ui
        web_ui.app._told = False
        engine.lines.clear()

        @web_ui.app.route("/mine", methods=["GET"])
        def mine():
            return 1

        @web_ui.app.after_request
        def again(response):
            return response

        assert mine() == 1 and again(2) == 2
        assert [line[0] for line in engine.lines] == [logging.WARNING]
        assert not hasattr(web_ui.app, "_private")

    @pytest.mark.parametrize("options", [{"headless": True}, {"headless": False, "worker": True}, {}])
    def test_there_is_no_web_interface_where_none_is_served(self, configured, options):
        configured(**options)
        assert _scenario.environment.web_ui is None

    @pytest.mark.parametrize("options, kind", [
        ({}, runners.LocalRunner), ({"master": True}, runners.MasterRunner),
        ({"worker": True}, runners.WorkerRunner)])
    def test_the_runner_is_of_the_role(self, configured, options, kind):
        configured(**options)
        assert type(_scenario.environment.runner) is kind

    def test_only_chosen_classes_remain(self, configured):
        scenario = configured(chosen=["Visitor"])
        assert [c[0] for c in scenario.user_classes()] == ["Visitor"]
        assert sorted(_scenario.environment.available_user_classes) == ["Admin", "Visitor"]

    def test_applies_tags(self, configured):
        scenario = configured(SHOP.replace("    @task(3)\n", "    @task(3)\n    @locust.tag('x')\n")
                              .replace("class Browse", "import locust\nclass Browse"), tags=["x"])
        assert [c[4] for c in scenario.user_classes()][1] == [
            ("Browse", 2.0, [("look", 3.0, [])])]

    def test_equal_weights(self, configured):
        scenario = configured(equal_weights=True)
        assert [(c[0], c[1]) for c in scenario.user_classes()] == [("Admin", 1), ("Visitor", 1)]
        assert scenario.user_classes()[1][4][0][:2] == ("Browse", 1.0)

    def test_config_users(self, configured, tmp_path):
        file = tmp_path / "more.json"
        file.write_text('[{"user_class_name": "Admin", "weight": 4}]')
        configured(config_users=[
            '{"user_class_name": "Visitor", "host": "http://b", "tasks": ["leave"]}', str(file)])
        visitor = _scenario.environment.user_classes_by_name["Visitor"]
        assert visitor.host == "http://b" and [t.__name__ for t in visitor.tasks] == ["leave"]
        assert _scenario.environment.user_classes_by_name["Admin"].weight == 4

    def test_imports_clients_before_the_run_needs_them(self, configured, monkeypatch):
        imported = []
        monkeypatch.setattr("locust.User._session_class", lambda: imported.append("client"))
        configured()
        assert imported == ["client", "client"]

    def test_greenlets_without_a_permit_end_quietly(self, configured, engine, capsys):
        configured()
        engine.permits = 0
        gevent.spawn(events.request.fire, request_type="WS", name="news", response_time=1)
        turn()
        assert capsys.readouterr().err == ""

    def test_fires_init_last(self, configured):
        heard = []
        events.init.add_listener(lambda environment, runner, web_ui, **_: heard.append(
            (environment, runner, web_ui, [t.__name__ for t in environment.user_classes[1].tasks])))
        configured(tags=None)
        environment = _scenario.environment
        assert heard == [(environment, environment.runner, None, ["Browse", "Browse", "leave"])]

    @pytest.mark.parametrize("option", _scenario.LISTS)
    def test_fires_no_init_where_there_will_be_no_run(self, configured, option):
        heard = []
        events.init.add_listener(lambda **_: heard.append("init"))
        assert configured(**{option: True}).user_classes() and heard == []

    def test_a_failing_init_is_unhandled(self, configured, engine):
        events.init.add_listener(lambda **_: 1 / 0)
        scenario = configured()
        assert _scenario.unhandled() is True

    def test_python_logs_into_the_program(self, configured, engine):
        configured(loglevel="WARNING")
        logging.getLogger("mine").warning("look %s", "here")
        logging.getLogger("mine").info("not shown")
        assert engine.lines == [(logging.WARNING, "mine", "look here")]

    def test_or_not(self, configured, engine):
        configured(skip_log_setup=True)
        logging.getLogger("mine").warning("look here")
        assert engine.lines == []

    def test_classes_without_weight_are_left_out(self, configured):
        scenario = configured(SHOP.replace("weight = 2.5", "weight = 0"))
        assert [c[0] for c in scenario.user_classes()] == ["Admin"]


class TestUsers:
    @pytest.fixture
    def scenario(self, configured):
        _swarm.UserCore.during_pause = lambda user, seconds: gevent.event.Event().wait()
        yield configured(host="http://first")
        _scenario.environment.runner.user_greenlets.kill()

    def test_are_spawned_and_stopped_by_number(self, scenario, engine):
        scenario.spawn(1, "Visitor")
        scenario.spawn(2, "Admin")
        turn()
        users = {type(g.args[0]).__name__ for g in _scenario.environment.runner.user_greenlets}
        assert users == {"Visitor", "Admin"}
        scenario.stop(1, False)
        turn()
        assert engine.ended == [1]
        scenario.stop(2, True)
        turn()
        assert engine.ended == [1, 2]

    def test_have_the_host_of_the_run(self, scenario):
        scenario.use_host("http://second")
        assert scenario.user_classes_by_name()["Visitor"].host == "http://second"
        assert _scenario.environment.host == "http://second"

    def test_keep_their_own_without_one(self, scenario):
        scenario.use_host("")
        assert scenario.user_classes_by_name()["Visitor"].host == "http://shop"


def test_usage_is_measured_from_the_beginning(configured):
    configured()
    assert len(_scenario.environment.runner.greenlet) == 1


class TestEventsOfARun:
    @pytest.mark.parametrize("name", ["test_start", "test_stopping", "test_stop"])
    def test_listeners_may_wait_and_done_comes_after_them(self, configured, engine, name):
        said = []
        scenario = configured()

        def listener(environment, **_):
            gevent.sleep(0)
            said.append(environment)

        getattr(events, name).add_listener(listener)
        engine.counts = {"Visitor": 3}
        getattr(scenario, name)(lambda: said.append("done"))
        assert said == []
        turn()
        assert said == [_scenario.environment, "done"]
        final = _scenario.environment.runner.final_user_classes_count
        assert final == ({"Admin": 0, "Visitor": 3} if name == "test_stop" else {})

    def test_done_is_told_also_when_a_listener_leaves(self, configured):
        said = []
        scenario = configured()
        events.test_stop.add_listener(stop_user)
        scenario.test_stop(lambda: said.append("done"))
        turn()
        assert said == ["done"] and log.unhandled_greenlet_exception

    def test_spawning_complete_and_reset_stats(self, configured):
        heard = []
        scenario = configured()
        events.spawning_complete.add_listener(lambda user_count: heard.append(user_count))
        events.reset_stats.add_listener(lambda: heard.append("reset"))
        scenario.spawning_complete(7)
        scenario.reset_stats()
        turn()
        assert heard == [7, "reset"]

    def test_quitting_in_reverse_order_and_the_exit_code(self, configured):
        said = []
        scenario = configured()
        events.quitting.add_listener(lambda environment: said.append(1))
        events.quitting.add_listener(lambda environment: said.append(2))
        assert scenario.quitting() is None and said == [2, 1]

        def fail_run(environment):
            environment.process_exit_code = 3

        events.quitting.add_listener(fail_run)
        assert scenario.quitting() == 3

    def test_quit(self, configured):
        heard = []
        events.quit.add_listener(lambda exit_code: heard.append(exit_code))
        configured().quit(4)
        assert heard == [4]


def stop_user(**_):
    raise locust.exception.StopUser


class TestChoice:
    ADDED = SHOP + """
@events.init_command_line_parser.add_listener
def add(parser):
    parser.add_argument("--region", choices=["eu", "us"], default="eu")
"""

    def entry_of(self, scenario):
        entry = Entry()
        entry._scenario = scenario
        scenario.add_arguments(entry._parser)
        return entry

    def test_other_values_are_in_the_parsed_options(self, configured):
        entry = self.entry_of(configured(self.ADDED, region="eu"))
        assert [(option.name, option.values) for option in entry.own_options()] == [("region", ["eu"])]
        assert entry.choose("nightly", "", {"region": ["us"]}) is None
        assert _scenario.environment.parsed_options.region == "us"
        assert _scenario.environment.profile == _scenario.environment.parsed_options.profile == "nightly"
        assert entry.own_options()[0].values == ["us"]

    def test_nothing_changes_if_something_cannot(self, configured):
        entry = self.entry_of(configured(self.ADDED, region="eu"))
        assert "invalid choice" in entry.choose("nightly", "", {"region": ["mars"]})
        assert "no option host" in entry.choose("nightly", "", {"region": ["us"], "host": ["x"]})
        assert _scenario.environment.parsed_options.region == "eu"
        assert _scenario.environment.profile is None


class TestShape:
    def test_there_is_none(self, load):
        scenario = load(SHOP)
        assert scenario.shapes() == []

    def test_ticks(self, configured):
        scenario = configured(SHAPED)
        assert scenario.shapes() == ["Steps"]
        assert scenario.shape_tick() == (10, 2.0, None)
        assert scenario.shape_tick() == (20, 4.5, ["Visitor"])
        assert scenario.shape_tick() is None

    def test_the_engine_is_told_each_step_with_its_classes(self, configured):
        entry = Entry()
        entry._scenario = configured(SHAPED)
        steps = []
        for _ in range(3):
            entry.tick_shape(lambda *step: steps.append(step))
            gevent.sleep(0)
        assert steps == [(10, 2.0, []), (20, 4.5, ["Visitor"]), ()]

    def test_knows_the_runner_and_its_time(self, configured, engine, monkeypatch):
        now = [10.0]
        monkeypatch.setattr("locust.shape.time.perf_counter", lambda: now[0])
        scenario = configured(SHAPED)
        shape = _scenario.environment.shape_class
        engine.counts = {"Visitor": 3}
        assert shape.runner is _scenario.environment.runner
        assert shape.get_current_user_count() == 3
        now[0] = 100.0
        scenario.test_start(lambda: None)
        now[0] = 104.0
        assert shape.get_run_time() == 4

    def test_that_fails_keeps_the_users_and_is_not_asked_again(self, configured, engine):
        scenario = configured(SHAPED.replace("None]", "'nonsense', None]"))
        scenario.shape_tick()
        last = scenario.shape_tick()
        assert scenario.shape_tick() == last == scenario.shape_tick() == (
            20, 4.5, ["Visitor"])
        assert [line[0] for line in engine.lines] == [logging.CRITICAL]
        assert _scenario.unhandled()
        scenario.test_start(lambda: None)  # of another run
        assert scenario.shape_tick() is None

    def test_another_is_chosen_between_runs_or_none(self, configured):
        scenario = configured(SHAPED + """
class Waves(LoadTestShape):
    def tick(self):
        return (7, 1)
""")
        assert scenario.shapes() == ["Steps", "Waves"]
        environment = _scenario.environment
        scenario.choose("", "Waves")
        assert type(environment.shape_class).__name__ == "Waves"
        assert environment.shape_class.runner is environment.runner
        assert scenario.shape_tick() == (7, 1.0, None)
        scenario.choose("", "")
        assert environment.shape_class is None

    def test_abstract_shapes_are_not_used(self, load):
        abstract = SHAPED.replace("    ticks =", "    abstract = True\n    ticks =")
        assert load(abstract).shapes() == []
