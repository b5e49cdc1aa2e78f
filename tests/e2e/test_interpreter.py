"""Which interpreter runs a Python scenario, when one is started at all, and what is said when it
cannot be: the program decides before any Python runs, bootstrap.py before any of ours is imported."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from support import run_swarm, swarm_program

PYTHON_FOLDER = Path(swarm_program()).resolve().parent / "python"
DEBIANS = "/usr/bin/python3"
SURROUNDINGS = {name: value for name, value in os.environ.items()
                if name not in ("VIRTUAL_ENV", "SWARM_PYTHON", "SWARM_LOCUSTFILE", "LOCUST_LOCUSTFILE")}


def swarm(*words, cwd=None, **variables):
    return run_swarm(*words, cwd=cwd, env=SURROUNDINGS | variables)


def assert_refused(done, code, reason):
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("swarm: error: ") and done.stderr.count("\n") == 1, done.stderr
    assert reason in done.stderr


@pytest.fixture
def scenario(tmp_path):
    file = tmp_path / "shop.py"
    file.write_text("")
    return file


@pytest.fixture
def interpreter(tmp_path):
    """make(path): a program that says, line by line, how it was called."""

    def make(path):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@"\nexit 7\n')
        file.chmod(0o755)
        return str(file)

    return make


def test_the_chosen_interpreter_gets_the_same_arguments(scenario, interpreter):
    python = interpreter("bin/mypython")
    words = ["-f", str(scenario), "--python", python, "--region", "a b", "", "-u5"]
    done = swarm(*words)
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout.split("\n")[:-1] == [python, str(PYTHON_FOLDER / "bootstrap.py"), *words]


def test_the_command_line_counts_before_variables_and_they_before_the_environment(
        scenario, interpreter, tmp_path):
    typed, named = interpreter("typed/python"), interpreter("named/python")
    active = interpreter("venv/bin/python")
    variables = {"VIRTUAL_ENV": str(tmp_path / "venv")}

    def started(*words):
        return swarm("-f", str(scenario), *words, **variables).stdout.split("\n")[0]

    assert started() == active
    variables["SWARM_PYTHON"] = named
    assert started() == named
    assert started("--python", typed) == typed


def test_an_interpreter_may_be_a_name_in_path(scenario, interpreter, tmp_path):
    python = interpreter("bin/mypython")
    done = swarm("-f", str(scenario), "--python", "mypython", PATH=f"/usr/bin:{tmp_path}/bin")
    assert done.stdout.split("\n")[0] == python


def test_an_interpreter_that_is_none_is_refused(scenario, tmp_path):
    assert_refused(swarm("-f", str(scenario), "--python", "/no/python"), 2,
                   "'/no/python' cannot be executed")
    assert_refused(swarm("-f", str(scenario), "--python", str(scenario)), 2, "cannot be executed")
    assert_refused(swarm("-f", str(scenario), "--python", "mypython"), 2,
                   "no 'mypython' in PATH")
    assert_refused(swarm("-f", str(scenario), VIRTUAL_ENV=str(tmp_path)), 1,
                   "which has no bin/python; deactivate it, or choose with --python")

    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    assert_refused(swarm("-f", str(scenario), "--python", str(broken)), 1, "cannot start")


def test_no_interpreter_is_started_to_print_what_the_program_knows(interpreter, tmp_path):
    (tmp_path / "locustfile.py").write_text("")
    python = interpreter("python")
    for words in (["--help"], ["--version"], ["-V", "-f", "locustfile.py"], ["--help-markdown"],
                  ["target", "--help"]):
        done = swarm(*words, cwd=tmp_path, SWARM_PYTHON=python, VIRTUAL_ENV="/nowhere")
        assert (done.returncode, done.stderr) == (0, ""), words
        assert python not in done.stdout.split("\n"), words


def test_help_of_a_file_needs_the_interpreter(scenario, interpreter):
    done = swarm("--help", "-f", str(scenario), "--python", interpreter("python"))
    assert done.returncode == 7


def test_a_file_that_nobody_names_is_looked_for_upwards(interpreter, tmp_path):
    python = interpreter("python")
    below = tmp_path / "project" / "deep"
    below.mkdir(parents=True)
    done = swarm("--python", python, cwd=below, HOME=str(tmp_path / "project"))
    assert_refused(done, 1, "Could not find locustfile.py here or in a folder above")
    (tmp_path / "project" / "locustfile.py").write_text("")
    done = swarm("--python", python, cwd=below, HOME=str(tmp_path / "project"))
    assert done.returncode == 7


# From here on with interpreters that are some.

def venv(folder, *options):
    subprocess.run([DEBIANS, "-m", "venv", "--without-pip", *options, folder], check=True)
    return folder


def test_an_interpreter_without_gevent_is_refused(scenario, tmp_path):
    empty = venv(tmp_path / "venv")
    assert_refused(swarm("-f", str(scenario), VIRTUAL_ENV=str(empty)), 1,
                   "install it there, or choose another interpreter with --python")


def test_an_interpreter_of_another_version_is_refused(tmp_path):
    """The module's file is named for another version, as it would be for the other interpreter."""
    shutil.copy(PYTHON_FOLDER / "bootstrap.py", tmp_path)
    (tmp_path / "_swarm.cpython-39-x86_64-linux-gnu.so").touch()
    done = subprocess.run([DEBIANS, tmp_path / "bootstrap.py"], capture_output=True, text=True)
    assert_refused(done, 1, "built for Python 3.9")
    assert f"{DEBIANS} is Python {sysconfig.get_python_version()}: choose one" in done.stderr


def test_a_bare_virtual_environment_is_the_one_that_runs(tmp_path):
    active = venv(tmp_path / "venv", "--system-site-packages")
    (tmp_path / "locustfile.py").write_text(
        "import sys\nfrom locust import User, task\n"
        "print('runs in', sys.prefix)\n"
        "class Shopper(User):\n    @task\n    def shop(self): pass\n")
    done = swarm("--list", cwd=tmp_path, VIRTUAL_ENV=str(active))
    assert done.returncode == 0, done.stderr
    assert f"runs in {active}" in done.stdout
    assert "Shopper" in done.stdout
