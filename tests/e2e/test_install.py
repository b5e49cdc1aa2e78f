"""What `cmake --install` leaves is complete: it runs from anywhere without the sources in sight, and
a scenario outside of the tree compiles against it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SWARM_BIN", ROOT / "build" / "release" / "swarm")).resolve().parent
# Nothing of the caller's surroundings helps the installed program to find anything.
BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(outside LANGUAGES CXX)
find_package(swarm 0.1 REQUIRED)
swarm_scenario(quickstart quickstart.cpp)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The prefix of an installed tree that was moved after it had been installed."""
    staging = tmp_path_factory.mktemp("staging")
    subprocess.run(["cmake", "--install", BUILD, "--prefix", "/opt/swarm"], check=True,
                   stdout=subprocess.DEVNULL, env=os.environ | {"DESTDIR": str(staging)})
    moved = tmp_path_factory.mktemp("moved") / "elsewhere"
    shutil.move(staging / "opt" / "swarm", moved)
    return moved


@pytest.fixture(scope="module")
def scenario(installed, tmp_path_factory):
    """The installed quickstart, compiled against the installed SDK."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "CMakeLists.txt").write_text(PROJECT)
    shutil.copy(installed / "share/swarm/examples/cpp/quickstart.cpp", outside)
    for command in (["cmake", "-S", outside, "-B", outside / "build", f"-DCMAKE_PREFIX_PATH={installed}"],
                    ["cmake", "--build", outside / "build"]):
        done = subprocess.run(command, cwd="/", env=BARE, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return outside / "build" / "quickstart.so"


def run(installed, *arguments, **options):
    return subprocess.run([installed / "bin/swarm", *arguments], cwd="/", env=BARE,
                          capture_output=True, text=True, timeout=60, **options)


class Target:
    """The installed `swarm target`, on a free port."""

    def __init__(self, installed):
        self.process = subprocess.Popen([installed / "bin/swarm", "target", "--port", "0"], cwd="/",
                                        env=BARE, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        assert line.startswith("Target listening at "), line
        self.address = line.split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(timeout=10) == 0
        self.process.stderr.close()


def test_installs_what_it_should(installed):
    files = {f.relative_to(installed).as_posix() for f in installed.rglob("*")}
    assert {"bin/swarm", "include/swarm/swarm.h", "share/doc/swarm/LICENSE",
            "share/doc/swarm/architecture.md", "share/swarm/examples/cpp/quickstart.cpp"} <= files
    assert any(f.endswith("cmake/swarm/swarm-config.cmake") for f in files)


def test_nothing_installed_names_the_place_where_it_was_built(installed):
    naming = [file for file in installed.rglob("*")
              if file.is_file() and str(ROOT).encode() in file.read_bytes()]
    assert naming == []


def test_each_header_of_the_sdk_compiles_alone(installed):
    for header in sorted((installed / "include/swarm").rglob("*.h")):
        done = subprocess.run(["g++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic",
                               "-Werror", "-I", installed / "include", "-include", header, "-x", "c++",
                               "/dev/null"], env=BARE, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_one_command_compiles_a_scenario(installed, tmp_path):
    """The one that README shows."""
    library = tmp_path / "quickstart.so"
    subprocess.run(["g++", "-std=c++20", "-O2", "-shared", "-fPIC", "-I", installed / "include",
                    installed / "share/swarm/examples/cpp/quickstart.cpp", "-o", library],
                   check=True, env=BARE)
    done = run(installed, "-f", library, "--list")
    assert done.returncode == 0, done.stderr
    assert "ApiClient" in done.stdout


def test_installed_program_finds_its_library_beside_itself(installed):
    told = subprocess.run(["ldd", installed / "bin/swarm"], env=BARE, capture_output=True, text=True)
    ours = [line for line in told.stdout.splitlines() if "libswarm" in line]
    assert len(ours) == 1
    found = Path(ours[0].split("=>")[1].split()[0]).resolve()
    assert found.is_relative_to(installed.resolve())


def test_installed_program_says_its_version(installed):
    done = run(installed, "-V")
    assert done.returncode == 0
    assert done.stdout.startswith("swarm 0.1.0")


def test_installed_program_runs_a_scenario_compiled_outside(installed, scenario):
    with Target(installed) as target:
        done = run(installed, "-f", scenario, "--headless", "-u", "20", "-r", "20", "-t", "3s",
                   "-H", target.address, "--exit-code-on-error", "0")
    assert done.returncode == 0, done.stderr
    assert "A 200 Status" in done.stderr
    assert "Aggregated" in done.stderr


def test_installed_program_runs_a_locustfile(installed):
    file = installed / "share/swarm/examples/python/quickstart.py"
    with Target(installed) as target:
        done = run(installed, "-f", file, "--headless", "-u", "20", "-r", "20", "-n", "20",
                   "-H", target.address, "--exit-code-on-error", "0")
    assert done.returncode == 0, done.stderr
    assert "A 200 Status" in done.stderr


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_installed_program_opens_no_source(installed, scenario, tmp_path):
    trace = tmp_path / "trace"
    subprocess.run(["strace", "-f", "-e", "trace=%file", "-o", trace, installed / "bin/swarm",
                    "-f", scenario, "--show-task-ratio"], cwd="/", env=BARE, check=True,
                   capture_output=True, timeout=60)
    calls = trace.read_text()
    assert str(scenario) in calls  # it did trace
    assert str(ROOT) not in calls


def test_what_a_request_runs_through_lies_side_by_side():
    text = (ROOT / "cmake/request_path.cmake").read_text()
    listed = re.search(r"set\(SWARM_REQUEST_PATH(.*?)\)", text, re.DOTALL)[1].split()
    symbols = subprocess.run(["nm", "-C", "--format=sysv", BUILD / "libswarm.so"], check=True,
                             capture_output=True, text=True).stdout.splitlines()
    there = [line for line in symbols if line.endswith("|.text.request_path")]
    for name in listed:
        assert any(line.startswith((f"swarm::{name}(", f"swarm::{name}::")) for line in there), name
