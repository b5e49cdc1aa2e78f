"""How tasks are declared, collected and filtered."""

import pytest

from locust import SequentialTaskSet, TaskSet, User, tag, task
from locust.env import Environment


def a(owner): pass
def b(owner): pass
def c(owner): pass


def names(holder):
    return [task.__name__ for task in holder.tasks]


def test_decorated_methods_in_the_order_of_declaration_as_often_as_they_weigh():
    class Tested(User):
        @task
        def z(self): pass

        @task(2)
        def y(self): pass

        def no_task(self): pass

    assert names(Tested) == ["z", "y", "y"]
    assert Tested.y.locust_task_weight == 2


@pytest.mark.parametrize("tasks", [[a, b, b], [(a, 1), (b, 2)], [a, (b, 2)], {a: 1, b: 2}])
@pytest.mark.parametrize("kind", [User, TaskSet])
def test_a_list_or_a_dict_of_tasks(kind, tasks):
    assert type("Tested", (kind,), {"tasks": tasks}).tasks == [a, b, b]


def test_bases_then_tasks_then_decorated_methods():
    class One(TaskSet):
        tasks = [a]

    class Two(TaskSet):
        tasks = [b]

    class Tested(One, Two):
        @task
        def d(self): pass

        tasks = [c]

    assert names(Tested) == ["a", "b", "c", "d"]
    assert One.tasks == [a]


def test_task_sets_are_tasks():
    class Tested(User):
        @task(2)
        class Inner(TaskSet):
            @task
            def x(self): pass

    assert names(Tested) == ["Inner", "Inner"]


def test_a_sequence_takes_no_other_tasks_than_a_list_or_a_dict():
    assert type("S", (SequentialTaskSet,), {"tasks": {a: 2, b: 1}}).tasks == [a, a, b]
    with pytest.raises(ValueError):
        type("S", (SequentialTaskSet,), {"tasks": (a, b)})


def test_run_cannot_be_a_task():
    with pytest.raises(Exception, match="run"):
        @task
        def run(self): pass


def test_a_decorated_on_start_is_warned_of(caplog):
    @task
    def on_start(self): pass

    assert "on_start is decorated with @task" in caplog.text


class TestAbstract:
    def test_only_classes_that_say_so_are_abstract(self):
        class Base(User):
            abstract = True

        class Derived(Base): pass

        assert User.abstract and Base.abstract and Derived.abstract is False


class TestTags:
    def tagged(self):
        class Inner(TaskSet):
            @tag("x", "y")
            @task
            def xy(self): pass

            @task
            def plain(self): pass

        class Tested(User):
            tasks = [Inner]

            @tag("x")
            @task
            def x(self): pass

            @task
            @tag("y")
            def y(self): pass

            @task
            def z(self): pass

        return Tested, Inner

    def filtered(self, **tags):
        user_class, inner = self.tagged()
        Environment(user_classes=[user_class], **tags).filter_tasks()
        return names(user_class), names(inner)

    def test_without_tags_all_remain(self):
        assert self.filtered() == (["Inner", "x", "y", "z"], ["xy", "plain"])

    def test_included(self):
        assert self.filtered(tags=["x"]) == (["Inner", "x"], ["xy"])

    def test_excluded(self):
        assert self.filtered(exclude_tags=["x"]) == (["Inner", "y", "z"], ["plain"])

    def test_excluded_wins(self):
        user, inner = self.filtered(tags=["x", "y"], exclude_tags=["x"])
        assert user == ["y"] and inner == []

    def test_what_is_left_without_tasks_is_warned_of(self, caplog):
        self.filtered(tags=["none"])
        assert "Tested had no tasks left after filtering, instantiating it will fail!" in caplog.text

    def test_options_say_the_tags_if_the_environment_does_not(self):
        from argparse import Namespace

        options = Namespace(tags=["x"], exclude_tags=None)
        assert self.filtered(parsed_options=options) == (["Inner", "x"], ["xy"])

    def test_are_applied_once(self):
        user_class, _ = self.tagged()
        environment = Environment(user_classes=[user_class], tags=["x"])
        environment.filter_tasks()
        user_class.tasks = [a]
        environment.filter_tasks()
        assert user_class.tasks == [a]

    def test_on_a_task_set_tags_all_its_tasks(self):
        @tag("all")
        class Tagged(TaskSet):
            @tag("own")
            @task
            def one(self): pass

            @task
            def two(self): pass

        assert Tagged.one.locust_tag_set == {"all", "own"}
        assert Tagged.two.locust_tag_set == {"all"}

    def test_a_task_set_within_itself(self):
        class Loop(TaskSet):
            @tag("x")
            @task
            def x(self): pass

            @task
            def y(self): pass

        Loop.tasks.append(Loop)
        user_class = type("Tested", (User,), {"tasks": [Loop]})
        Environment(user_classes=[user_class], tags=["x"]).filter_tasks()
        assert names(Loop) == ["x", "Loop"]

    @pytest.mark.parametrize("decorate", [lambda: tag(), lambda: tag(a)])
    def test_need_a_name(self, decorate):
        with pytest.raises(ValueError, match="No tag name was supplied"):
            decorate()


def test_equal_weights():
    class Inner(TaskSet):
        tasks = {a: 5, b: 1}

    class Tested(User):
        weight = 7
        tasks = {Inner: 3, c: 4}

    Inner.tasks.append(Inner)  # a task set that contains itself
    Environment(user_classes=[Tested]).assign_equal_weights()
    assert Tested.weight == 1 and Tested.tasks == [Inner, c] and Inner.tasks == [a, b, Inner]
