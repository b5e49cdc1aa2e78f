"""The scripts behind make: how .ci/packages decides what to install, how .ci/test adds up, and what
.ci/quickstart leaves behind."""

import importlib.machinery
import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

CI = Path(__file__).resolve().parents[2] / ".ci"


def load(script):
    loader = importlib.machinery.SourceFileLoader("ci_" + script, str(CI / script))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def machine(tmp_path):
    """run(present, knows, user): .ci/packages on a machine with these packages installed; gives its
    exit code, what it said and which commands it gave."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "sed", "dirname", "env"):
        (tools / tool).symlink_to(f"/usr/bin/{tool}")
    given = tmp_path / "given"
    given.touch()

    def fake(name, text):
        (tools / name).write_text("#!/bin/sh\n" + text)
        (tools / name).chmod(0o755)

    def run(present, knows=True, user="0", sudo=False):
        # The package is the last argument of dpkg-query.
        fake("dpkg-query", f'for p; do :; done; case " {present} " in *" $p "*) printf installed;; '
                           '*) exit 1;; esac\n')
        fake("apt-get", f'case "$*" in *--simulate*) exit {0 if knows else 100};; esac\n'
                        f'echo "apt-get $*" >>{given}\n')
        fake("id", f"echo {user}\n")
        if sudo:
            fake("sudo", f'echo "sudo $*" >>{given}\n')
        done = subprocess.run([CI / "packages", "fuzz"], env={"PATH": str(tools)}, text=True,
                              capture_output=True)
        return done.returncode, done.stdout + done.stderr, given.read_text()

    return run


def test_packages_says_nothing_when_all_is_there(machine):
    assert machine(present="clang libclang-rt-dev") == (0, "", "")


def test_packages_installs_without_fetching_lists_that_are_good(machine):
    code, _, given = machine(present="")
    assert code == 0
    assert given == "apt-get -q -y install --no-install-recommends clang libclang-rt-dev\n"


def test_packages_fetches_lists_that_do_not_know_the_package(machine):
    _, _, given = machine(present="", knows=False)
    assert [line.split()[3] for line in given.splitlines()] == ["update", "install"]


def test_packages_asks_sudo_when_not_root(machine):
    code, _, given = machine(present="", user="1000", sudo=True)
    assert code == 0
    assert given.startswith("sudo env ")


def test_packages_says_what_to_do_without_root_and_sudo(machine):
    code, said, given = machine(present="", user="1000")
    assert (code, given) == (1, "")
    assert "run as root: apt-get install clang" in said


def test_packages_refuses_an_unknown_group():
    done = subprocess.run([CI / "packages", "tests"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "no group 'tests'" in done.stderr


PYTEST = """<testsuites><testsuite><testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="m">why</failure></testcase>
<testcase classname="a" name="broken"><error message="m">fixture</error></testcase>
<testcase classname="a" name="left out"><skipped message="no tool"/></testcase>
</testsuite></testsuites>"""
CTEST = """<testsuite><testcase name="Loop.Good" classname="Loop.Good" status="run"/>
<testcase name="Loop.Bad" status="fail"><failure message=""/><system-out>leak</system-out></testcase>
<testcase name="Loop.Off" status="disabled"><skipped message="SKIP"/></testcase></testsuite>"""


@pytest.mark.parametrize("text, counts, told", [
    (PYTEST, (1, 2, 1), ["why", "fixture", "no tool"]),
    (CTEST, (1, 1, 1), ["leak", "Loop.Off"]),
])
def test_results_add_up(text, counts, told, tmp_path):
    file = tmp_path / "junit.xml"
    file.write_text(text)
    outcome, texts = load("test").read_junit(file)
    assert (outcome.passed, outcome.failed, outcome.skipped) == counts
    assert all(word in "\n".join(texts) for word in told)


@pytest.mark.parametrize("command, failed", [
    ("exit 1", 1),                                                         # no result at all
    ("echo '<testsuite/>' >{junit}", 1),                                   # a result without tests
    ("echo '<testsuite><testcase name=\"a\"/></testsuite>' >{junit}; exit 1", 1),
    ("echo '<testsuite><testcase name=\"a\"/></testsuite>' >{junit}", 0),
])
def test_a_stage_that_proves_nothing_fails(command, failed, tmp_path, monkeypatch):
    test = load("test")
    monkeypatch.setattr(test, "RESULTS", tmp_path)
    outcome = test.run_and_read("stage", lambda junit: ["sh", "-c", command.format(junit=junit)])
    assert outcome.failed == failed


TARGET = """#!/bin/sh
if [ "$1" = target ]; then
  echo $$ >"$0.pid"
  echo "Target listening at http://127.0.0.1:1" >&2
  while :; do sleep 0.05; done
fi
echo "$*"
exit 3
"""


def test_quickstart_hands_on_the_exit_code_and_stops_its_target(tmp_path):
    swarm = tmp_path / "swarm"
    swarm.write_text(TARGET)
    swarm.chmod(0o755)
    done = subprocess.run([CI / "quickstart", tmp_path], capture_output=True, text=True, timeout=30)
    assert done.returncode == 3
    assert "-H http://127.0.0.1:1" in done.stdout
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "swarm.pid").read_text()), 0)


def test_quickstart_says_why_the_target_did_not_start(tmp_path):
    swarm = tmp_path / "swarm"
    swarm.write_text("#!/bin/sh\necho 'no port' >&2\nexit 1\n")
    swarm.chmod(0o755)
    done = subprocess.run([CI / "quickstart", tmp_path], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "no port" in done.stderr
