"""Files: where they may lie, what is taken from them, and what their errors look like."""

import os
import sys

import pytest

from locust import _loading, _scenario

pytestmark = pytest.mark.usefixtures("fresh_process")

USER = "from locust import User, HttpUser, task\n"


@pytest.fixture
def write(tmp_path):
    def write(path, text=""):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return str(file)

    return write


def names(*paths):
    return [c[0] for c in _scenario.load(list(paths)).user_classes()]


def error_of(*paths):
    """The text that the author of the files sees."""
    try:
        _scenario.load(list(paths))
    except BaseException as error:
        called_by_engine = error.__traceback__.tb_next  # which has no frame of Python's
        return _scenario.describe_load_error(error.with_traceback(called_by_engine))
    raise AssertionError("loads")


class TestWhatIsTaken:
    def test_user_classes_that_are_not_abstract(self, write):
        file = write("a.py", USER + """
class Base(HttpUser):
    abstract = True
class B(Base): tasks = [print]
class A(User): pass
instance = 3
""")
        assert names(file) == ["A", "B"]

    def test_also_those_that_are_imported(self, write):
        write("helper.py", USER + "class Helper(User): pass")
        assert names(write("a.py", "from helper import Helper, User")) == ["Helper"]

    def test_a_base_of_old_without_tasks_is_not_one(self, write):
        file = write("a.py", """
from locust import HttpLocust, TaskSet
class Behaviour(TaskSet):
    tasks = [print]
class Base(HttpLocust):
    min_wait = 5
class Site(Base):
    task_set = Behaviour
""")
        assert names(file) == ["Site"]

    def test_those_of_several_files(self, write):
        assert names(write("a.py", USER + "class A(User): pass"),
                     write("b/b.py", USER + "class B(User): pass")) == ["A", "B"]

    def test_the_same_class_in_two_files_is_one(self, write):
        first = write("a.py", USER + "class A(User): pass")
        second = write("b.py", "from a import A")
        assert names(first, second) == ["A"] == names(second, first)

    def test_files_of_the_same_name(self, write):
        assert names(write("x/locustfile.py", USER + "class A(User): pass"),
                     write("y/locustfile.py", USER + "class B(User): pass")) == ["A", "B"]

    def test_names_that_modules_have(self, write):
        assert names(write("json.py", USER + "import json as j; j.dumps(1)\nclass A(User): pass"),
                     write("locust.py", USER + "class B(User): pass")) == ["A", "B"]
        assert "dumps" in vars(sys.modules["json"])


class TestDuplicates:
    def test_of_users(self, write):
        first = write("a.py", USER + "class Same(User): pass")
        second = write("b.py", USER + "class Same(User): pass")
        assert error_of(first, second) == (
            f"Duplicate user class names: Same is defined in both {first} and {second}\n")

    def test_of_users_in_one_file(self, write):
        file = write("a.py", USER + """
def make():
    class Same(User): pass
    return Same
One, Other = make(), make()
""")
        assert "Duplicate user class names: Same" in error_of(file)

    def test_of_shapes(self, write):
        shape = """
from locust import LoadTestShape
class Same(LoadTestShape):
    def tick(self): pass
"""
        assert error_of(write("a.py", shape), write("b.py", shape)) == (
            "Duplicate shape classes: Same\n")


class TestImports:
    def test_of_neighbours_here_and_in_the_working_directory(self, write, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        write("near_cwd.py", "x = 1")
        write("files/near_file.py", "x = 1")
        file = write("files/a.py", USER + "import near_cwd, near_file\nclass A(User): pass")
        assert names(file) == ["A"]

    def test_the_files_folder_comes_first(self, write, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        write("both.py", "x = 'cwd'")
        write("files/both.py", "x = 'file'")
        names(write("files/a.py", "import both"))
        assert sys.modules["both"].x == "file" and sys.path[0] == str(tmp_path / "files")

    def test_are_found_later_too(self, write):
        write("files/late_one.py", "x = 1")
        file = write("files/a.py", USER + """
class A(User):
    def late(self):
        import late_one
        return late_one.x
""")
        scenario = _scenario.load([file])
        assert scenario._classes["A"].late(None) == 1

    def test_relative_ones_in_a_package(self, write):
        for folder in ("shop", "shop/load"):
            write(f"{folder}/__init__.py")
        write("shop/common.py", USER + "class Common(User): abstract = True")
        write("shop/load/near.py", "x = 1")
        file = write("shop/load/a.py",
                     "from ..common import Common\nfrom . import near\nclass A(Common): pass")
        assert names(file) == ["A"]
        assert sys.modules["shop.load.a"] is sys.modules["a"]

    def test_of_a_package_that_is_not_needed_has_no_effect(self, write):
        write("shop/__init__.py", "raise ValueError")
        assert names(write("shop/a.py", USER + "class A(User): pass")) == ["A"]

    def test_a_module_that_failed_is_not_left_behind(self, write):
        error_of(write("broken_one.py", "1 / 0"))
        assert "broken_one" not in sys.modules


class TestErrors:
    def test_a_syntax_error_is_file_line_and_caret(self, write):
        file = write("a.py", "class A:\n    def x(self)\n        pass\n")
        assert error_of(file) == (
            f'  File "{file}", line 2\n'
            "    def x(self)\n"
            "               ^\n"
            "SyntaxError: expected ':'\n")

    def test_an_exception_has_the_authors_frames_only(self, write):
        write("helper.py", "def fail():\n    return 1 / 0\n")
        file = write("a.py", "import helper\nhelper.fail()\n")
        text = error_of(file)
        assert text.startswith("Traceback (most recent call last):\n" f'  File "{file}", line 2')
        assert text.endswith("ZeroDivisionError: division by zero\n")
        assert text.count("File ") == 2 and _loading.OWN_FOLDER not in text

    def test_one_in_what_is_imported_says_where_from(self, write):
        helper = write("helper.py", "x = = 1\n")
        file = write("a.py", "\nimport helper\n")
        text = error_of(file)
        assert f'File "{file}", line 2' in text and f'File "{helper}", line 1' in text
        assert "importlib" not in text

    def test_of_a_decorator_of_ours(self, write):
        text = error_of(write("a.py", "from locust import tag\n@tag\ndef x(): pass\n"))
        assert text.count("File ") == 1 and "ValueError: No tag name was supplied" in text

    def test_with_a_cause(self, write):
        text = error_of(write(
            "a.py", "try:\n    1 / 0\nexcept Exception as e:\n    raise ValueError from e\n"))
        assert "ZeroDivisionError" in text and "direct cause" in text and "importlib" not in text

    @pytest.mark.parametrize("line, name", [
        ("from locust import MarkovTaskSet", "MarkovTaskSet"),
        ("import locust.contrib.mongodb", "locust.contrib.mongodb"),
        ("from locust.contrib.socketio import SocketIOUser", "locust.contrib.socketio"),
        ("from locust.user.users import PytestUser", "PytestUser"),
        ("from locust.stats import stats_printer", "stats_printer")])
    def test_what_swarm_does_not_have_is_named(self, write, line, name):
        file = write("a.py", f"import locust\n{line}\n")
        assert error_of(file) == (
            "Traceback (most recent call last):\n"
            f'  File "{file}", line 2, in <module>\n'
            f"    {line}\n"
            f"ImportError: swarm does not have {name} yet\n")

    def test_a_name_that_nobody_has_is_pythons_own_error(self, write):
        text = error_of(write("a.py", "from locust import Nonsense\n"))
        assert "cannot import name 'Nonsense'" in text
        assert "No module named" in error_of(write("b.py", "import locust.nonsense\n"))


def test_is_what_scripts_import(tmp_path):
    from locust.main import is_user_class, load_locustfile
    from locust.util.load_locustfile import is_shape_class

    file = tmp_path / "a.py"
    file.write_text(USER + "from locust import LoadTestShape\nclass A(User): pass\n"
                    "class S(LoadTestShape):\n    def tick(self): pass\n")
    users, shapes = load_locustfile(str(file))
    assert list(users) == ["A"] and is_user_class(users["A"])
    assert [type(s).__name__ for s in shapes] == ["S"] and is_shape_class(type(shapes[0]))
    assert os.path.isabs(sys.modules["a"].__file__)
