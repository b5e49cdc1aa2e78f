"""The life of users: spawned by number, stopped, killed, ended."""

import _swarm
import gevent
import pytest
from gevent.event import Event

from locust import TaskSet, User, constant, log, task
from locust.exception import StopTest
from locust.runners import LocalRunner
from support import environment_of


class Life:
    """A user class whose task waits until it is told to go on; what happens is in `said`."""

    def __init__(self):
        self.said = []
        self.go_on = Event()
        life = self

        class Tested(User):
            wait_time = constant(1)

            def on_start(self):
                life.said.append("start")

            def on_stop(self):
                life.said.append("stop")

            @task
            def act(self):
                life.said.append("act")
                life.go_on.wait()
                life.said.append("acted")

        self.user_class = Tested
        self.population = environment_of(Tested).runner.user_greenlets

    def spawn(self, user_id=1):
        self.population.spawn_user(user_id, self.user_class)

    def stop(self, user_id=1, now=False):
        self.population.stop_user(user_id, now)


@pytest.fixture
def life():
    life = Life()
    yield life
    life.population.kill()


def turn():
    for _ in range(5):
        gevent.sleep(0)


def wait_for_ever():
    """From now on, users that wait do so until they are killed."""
    _swarm.UserCore.during_pause = lambda user, seconds: Event().wait()


def test_a_user_starts_in_its_own_greenlet(life):
    life.spawn()
    assert life.said == []
    turn()
    assert life.said == ["start", "act"] and len(life.population) == 1
    greenlet, = life.population
    user, = greenlet.args
    assert user.greenlet is greenlet and user.group is life.population


def test_a_running_user_ends_after_its_task(life, engine):
    life.spawn()
    turn()
    life.stop()
    turn()
    assert life.said == ["start", "act"] and engine.ended == []
    life.go_on.set()
    turn()
    assert life.said == ["start", "act", "acted", "stop"]
    assert engine.ended == [1] and len(life.population) == 0


def test_a_waiting_user_ends_at_once(life, engine):
    wait_for_ever()
    life.go_on.set()
    life.spawn()
    turn()
    life.stop()
    turn()
    assert life.said == ["start", "act", "acted", "stop"] and engine.ended == [1]


@pytest.mark.parametrize("by", ["the engine", "the scenario"])
def test_a_user_whose_wait_is_over_meanwhile_ends_after_its_task(life, engine, by):
    over = Event()
    _swarm.UserCore.during_pause = lambda user, seconds: over.wait()
    life.go_on.set()
    life.spawn()
    turn()
    life.go_on.clear()
    greenlet, = life.population
    over.set()
    gevent.spawn(life.stop if by == "the engine" else greenlet.args[0].stop)
    turn()
    assert life.said == ["start", "act", "acted", "act"] and engine.ended == []
    life.go_on.set()
    turn()
    assert life.said[4:] == ["acted", "stop"] and engine.ended == [1]


def test_a_user_that_is_stopped_while_it_waits_may_wait_in_its_on_stop(life, engine):
    wait_for_ever()
    life.user_class.on_stop = lambda self: (self.wait(), life.said.append("stop"))
    life.go_on.set()
    life.spawn()
    turn()
    _swarm.UserCore.during_pause = None
    life.stop()
    turn()
    assert life.said[-1] == "stop" and engine.ended == [1]


def test_now_is_wherever_it_is(life, engine):
    life.spawn()
    turn()
    life.stop()
    life.stop(now=True)
    turn()
    assert life.said == ["start", "act", "stop"] and engine.ended == [1]


@pytest.mark.parametrize("now", [True, False])
def test_a_user_stopped_before_it_began_has_ended_too(life, engine, now):
    life.spawn()
    life.stop(now=now)
    assert engine.ended == []  # never from inside
    turn()
    assert life.said == [] and engine.ended == [1]


def test_stopping_twice_or_nobody_is_nothing(life, engine):
    life.spawn()
    turn()
    life.stop(7)
    life.stop(now=True)
    life.stop(now=True)
    turn()
    life.stop(now=True)
    assert engine.ended == [1]


def test_a_user_that_ends_by_itself_is_told(life, engine):
    life.user_class.on_start = lambda self: 1 / 0
    life.spawn()
    turn()
    assert engine.ended == [1] and not log.unhandled_greenlet_exception


def test_users_may_wait_while_they_are_made(life, engine):
    made = []

    def __init__(self, environment):
        User.__init__(self, environment)
        gevent.sleep(0)
        made.append(self)

    life.user_class.__init__ = __init__
    life.spawn()
    turn()
    assert len(made) == 1 and life.said == ["start", "act"]


def test_a_user_that_cannot_be_made_is_logged_and_ended(life, engine, caplog):
    life.user_class.__init__ = lambda self, environment: 1 / 0
    life.spawn()
    turn()
    assert engine.ended == [1] and log.unhandled_greenlet_exception
    assert "ZeroDivisionError" in caplog.text


def test_a_user_without_environment_is_told_why(life, engine, caplog):
    life.user_class.__init__ = lambda self, environment: None
    life.spawn()
    turn()
    assert engine.ended == [1] and "super().__init__" in caplog.text


def test_stop_test_while_it_is_made_stops_the_run(life, engine):
    def __init__(self, environment):
        raise StopTest("no host")

    life.user_class.__init__ = __init__
    life.spawn()
    turn()
    assert engine.ended == [1] and engine.orders == [("stop",)]
    assert not log.unhandled_greenlet_exception


def test_an_ended_user_is_let_go(life):
    import gc
    import weakref

    life.spawn()
    turn()
    greenlet, = life.population
    user = weakref.ref(greenlet.args[0])
    life.stop(now=True)
    turn()
    assert greenlet.args == (None,)
    del greenlet
    gc.collect()
    assert user() is None


class TestUserStop:
    """What a scenario itself may call."""

    def test_force_kills_and_waits_for_the_end(self, life):
        life.spawn()
        turn()
        greenlet, = life.population
        assert greenlet.args[0].stop(force=True) is True
        assert life.said[-1] == "stop" and greenlet.dead

    def test_graceful_sets_the_state(self, life):
        life.spawn()
        turn()
        user = next(iter(life.population)).args[0]
        assert user.stop() is False and user._state == "stopping"
        assert user.stop() is False

    def test_a_user_may_kill_itself(self):
        said = []

        class Tested(User):
            @task
            def act(self):
                self.stop(force=True)
                said.append("never")

            def on_stop(self):
                said.append("stop")

        population = environment_of(Tested).runner.user_greenlets
        population.spawn_user(1, Tested)
        turn()
        assert said == ["stop"]

    def test_start_in_a_group_of_ones_own(self, life):
        from gevent.pool import Group

        group = Group()
        user = life.user_class(environment_of(life.user_class))
        greenlet = user.start(group)
        turn()
        assert life.said == ["start", "act"] and greenlet.args == (user,)
        assert user.greenlet is greenlet and user.group is group
        user.stop(force=True)
        assert life.said[-1] == "stop"
        turn()
        assert len(group) == 0


class TestLeaving:
    """A user that ends the run from within a task."""

    @pytest.mark.parametrize("order", ["stop", "quit"])
    def test_does_not_come_back_and_is_killed_once(self, life, engine, order):
        def leave(user):
            getattr(user.environment.runner, order)()
            life.said.append("came back")

        def on_stop(user):
            life.said.append("stopping")
            gevent.sleep(0)
            life.population.stop_user(1, now=True)  # the engine carries the order out
            gevent.sleep(0)
            life.said.append("stop")

        life.user_class.tasks = [leave]
        life.user_class.on_stop = on_stop
        life.spawn()
        turn()
        assert life.said == ["start", "stopping", "stop"]
        assert engine.orders == [(order,)] and engine.ended == [1]


class TestSpawnUsers:
    def test_of_the_runner(self, life, engine):
        runner = life.population.environment.runner
        assert isinstance(runner, LocalRunner)
        users = runner.spawn_users({"Tested": 2})
        turn()
        assert len(users) == 2 == len(runner.user_greenlets)
        runner.stop_users({"Tested": 1})
        turn()
        assert len(runner.user_greenlets) == 1
        assert engine.ended == []  # the engine does not know them

    def test_nested_task_sets_stop_inside_out(self):
        said = []

        def stopper(name, **members):
            return {"on_stop": lambda self: said.append(name), **members}

        def wait(owner):
            Event().wait()

        inner = type("Inner", (TaskSet,), stopper("inner", tasks=[wait]))
        outer = type("Outer", (TaskSet,), stopper("outer", tasks=[inner]))
        tested = type("Tested", (User,), stopper("user", tasks=[outer]))
        population = environment_of(tested).runner.user_greenlets
        population.spawn_user(1, tested)
        turn()
        population.stop_user(1, True)
        turn()
        assert said == ["inner", "outer", "user"]
