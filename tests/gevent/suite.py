"""gevent's own tests: where they are, how one file of them runs on a loop, and how two loops
compare."""

import os
import re
import signal
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOPS = {"libev": None, "swarm": "_swarm_gevent.loop"}
FAILED = re.compile(r"^(?:FAIL|ERROR|UNEXPECTED SUCCESS): (\S+) \(([\w.]+)\)", re.M)
RAN = re.compile(r"^Ran (\d+) tests?", re.M)
SKIPPED = re.compile(r"skipped=(\d+)")


@dataclass
class Outcome:
    """Of one file on one loop."""

    ran: int = 0
    skipped: int = 0
    failed: set = field(default_factory=set)  # names, or what went wrong with the file as a whole
    output: str = ""

    def __str__(self):
        text = f"{self.ran - self.skipped} of {self.ran}" if self.skipped else f"{self.ran}"
        return f"{text}, {len(self.failed)} failed" if self.failed else text


def read_list(file):
    """Lines `name  # remark`."""
    text = (Path(__file__).parent / file).read_text()
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


@cache
def gevent_of(python):
    """The folder of the interpreter's gevent, its version, and whether its tests are there."""
    told = subprocess.run(
        [python, "-c", "import gevent, os; f = os.path.dirname(gevent.__file__);"
         "print(f); print(gevent.__version__); print(os.path.isdir(f + '/tests'))"],
        capture_output=True, text=True, check=True).stdout.split("\n")
    return Path(told[0]), told[1], told[2] == "True"


def find_tests(python, folder):
    """What to put in front of PYTHONPATH so that `gevent.tests` is there, or None.

    Distributions leave gevent's tests out of their packages; those of the wheel of the same version
    are laid beside the package's own files then. The wheel is fetched once, into `folder`.
    """
    package, version, complete = gevent_of(python)
    if complete:
        return ""
    overlay = Path(folder) / f"gevent-{version}"
    if not (overlay / "gevent" / "tests").is_dir():
        wheel = fetch(python, version, Path(folder))
        if wheel is None:
            return None
        lay_beside(package, wheel, overlay)
    return str(overlay)


def fetch(python, version, folder):
    folder.mkdir(parents=True, exist_ok=True)
    pip = subprocess.run([python, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:",
                          "-d", folder, f"gevent=={version}"], capture_output=True, text=True)
    wheels = sorted(folder.glob(f"gevent-{version}-*.whl"))
    if not wheels:
        print(f"gevent {version} comes without its tests, and its wheel cannot be fetched: "
              f"{pip.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    return wheels[0] if wheels else None


def lay_beside(package, wheel, overlay):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(overlay, [name for name in archive.namelist()
                                     if name.startswith(("gevent/tests/", "gevent/testing/"))])
    for file in package.iterdir():
        link = overlay / "gevent" / file.name
        if not link.exists() and file.name != "__pycache__":
            link.symlink_to(file)


def tests_folder(python, overlay):
    return (Path(overlay) / "gevent" if overlay else gevent_of(python)[0]) / "tests"


def test_files(python, overlay):
    return sorted(file.stem for file in tests_folder(python, overlay).glob("test_*.py"))


def environment(loop, overlay, build):
    result = {key: value for key, value in os.environ.items()
              if not key.startswith(("GEVENT", "PYTHON"))}
    result["PYTHONPATH"] = os.pathsep.join(part for part in (overlay, str(build / "python")) if part)
    if LOOPS[loop]:
        result["GEVENT_LOOP"] = LOOPS[loop]
    return result


def run_file(python, name, loop, overlay, build, timeout=120):
    """Runs one file in a session of its own, all of which is ended with it."""
    process = subprocess.Popen(
        [python, "-u", "-m", f"gevent.tests.{name}"], cwd=tests_folder(python, overlay),
        env=environment(loop, overlay, build), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
        # Whoever runs in the background has it ignored, and so would the tests.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        output, late = process.communicate(timeout=timeout)[0], False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, late = process.communicate()[0], True
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)  # what it left behind
        except ProcessLookupError:
            pass
    return read_outcome(output.decode(errors="replace"), process.returncode, late)


def read_outcome(text, code, late=False):
    outcome = Outcome(output=text)
    outcome.ran = sum(int(number) for number in RAN.findall(text))
    outcome.skipped = sum(int(number) for number in SKIPPED.findall(text))
    for method, place in FAILED.findall(text):
        # Newer versions of unittest say the method again at the end.
        parts = place.removesuffix("." + method).split(".")
        outcome.failed.add(f"{parts[-1]}.{method}")
    if late:
        outcome.failed.add("did not end")
    elif code < 0:
        outcome.failed.add(f"ended by signal {-code}")
    elif code and not outcome.failed:
        outcome.failed.add(f"exit code {code}")
    return outcome


def only_on_swarm(python, name, overlay, build, attempts=3):
    """What fails on swarm's loop and not on libev's: what fails in each of `attempts`, against what
    fails in any of them. Gives both loops' first outcomes as well."""
    outcomes = {loop: run_file(python, name, loop, overlay, build) for loop in LOOPS}
    failed = set(outcomes["swarm"].failed)
    excused = set(outcomes["libev"].failed)
    for _ in range(attempts - 1):
        if not failed - excused:
            break
        failed &= run_file(python, name, "swarm", overlay, build).failed
        excused |= run_file(python, name, "libev", overlay, build).failed
    return failed - excused, outcomes
