"""Workers that are given their scenario by their master."""

import pathlib
import signal

import pytest
from processes import Running, wait_until
from support import swarm_program

COMPILED = pathlib.Path(swarm_program()).parent / "scenarios" / "paths.so"
FETCHING = "Getting the scenario from the master"

SHOP = """
import os
from shop.catalogue import product
import prices
from locust import HttpUser, task, constant
with open(os.path.join(os.path.dirname(__file__), "data", "numbers.txt")) as file:
    NUMBERS = file.read().split()
class Shopper(HttpUser):
    wait_time = constant(0.01)
    @task
    def look(self):
        self.client.get("/bytes/" + NUMBERS[0] + product() + prices.PRICE, name="look")
"""
PROJECT = {
    "locustfile.py": SHOP,
    "prices.py": "PRICE = '42'\n",
    "shop/__init__.py": "",
    "shop/catalogue.py": "from .kinds import KIND\ndef product(): return KIND\n",
    "shop/kinds.py": "KIND = '0'\n",
    "data/numbers.txt": "1 2\n",
}
SIMPLE = """
from locust import HttpUser, task, constant
class Visitor(HttpUser):
    wait_time = constant(0.01)
    @task
    def visit(self):
        self.client.get("/success")
"""


class Place:
    """A folder to start things in, and one for the temporary files of its workers."""

    def __init__(self, folder):
        self.folder = folder
        self.temporary = folder / "tmp"
        self.elsewhere = folder / "elsewhere"
        for each in (self.temporary, self.elsewhere, folder / "project"):
            each.mkdir()
        self.running = []

    def write(self, files):
        for name, text in files.items():
            path = self.folder / "project" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def start(self, *words, cwd, **variables):
        self.running.append(Running(*words, cwd=cwd, TMPDIR=str(self.temporary), **variables))
        return self.running[-1]

    def master(self, *words, port="0", **variables):
        return self.start("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port,
                          "--headless", *words, cwd=self.folder / "project", **variables)

    def worker(self, master_or_port, *words, **variables):
        port = master_or_port
        if isinstance(master_or_port, Running):
            port = master_or_port.line(r"Listening for workers at .*:(\d+)")[1]
        return self.start("--worker", "--master-port", port, *words, cwd=self.elsewhere, **variables)

    def folders(self):
        return list(self.temporary.glob("swarm-scenario-*"))

    def all_gone(self):
        wait_until(lambda: not self.folders(), "the end of the scenario's folder")


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    for each in made.running:
        each.kill()


RUN = ["-u", "4", "-r", "100", "-n", "40"]


def test_modules_and_data_travel(place, fresh_target):
    place.write(PROJECT)
    master = place.master("-H", fresh_target.url, "--include", "data/*.txt", *RUN)
    worker = place.worker(master)
    worker.line(FETCHING)
    assert (master.end(), worker.end()) == (0, 0), master.said + worker.said
    assert fresh_target.requests("/bytes/1042") == 40
    place.all_gone()


def test_a_module_beside_the_master_travels(place, fresh_target):
    """It is found in the folder that the master is started in, above the locustfile's."""
    place.write({"load/users.py": "import common\n" + SIMPLE, "common.py": ""})
    master = place.master("-f", "load/users.py", "-H", fresh_target.url, *RUN)
    worker = place.worker(master, "-f", "-")
    assert (master.end(), worker.end()) == (0, 0), master.said + worker.said
    assert fresh_target.requests() == 40


def test_a_compiled_scenario_travels(place, fresh_target):
    master = place.master("-f", str(COMPILED), "-H", fresh_target.url, *RUN)
    worker = place.worker(master)
    assert (master.end(), worker.end()) == (0, 0), master.said + worker.said
    assert fresh_target.requests() == 40
    place.all_gone()


def test_a_worker_waits_for_its_master(place, fresh_target):
    place.write({"locustfile.py": SIMPLE})
    first = place.master("-H", fresh_target.url)  # only to be given a free port
    port = first.line(r"Listening for workers at .*:(\d+)")[1]
    first.kill()
    worker = place.worker(port)
    worker.line(FETCHING)
    master = place.master("-H", fresh_target.url, *RUN, port=port)
    assert (master.end(), worker.end()) == (0, 0), master.said + worker.said
    assert fresh_target.requests() == 40


def test_a_workers_own_file_counts_more(place, fresh_target):
    place.write({"locustfile.py": SIMPLE})
    (place.elsewhere / "own.py").write_text(SIMPLE.replace("/success", "/bytes/7"))
    master = place.master("-H", fresh_target.url, *RUN)
    worker = place.worker(master, "-f", "own.py")
    assert (master.end(), worker.end()) == (0, 0), master.said + worker.said
    assert FETCHING not in worker.said
    assert fresh_target.requests("/bytes/7") == 40


def test_the_master_names_the_worker_that_cannot_load_it(place):
    place.write({"locustfile.py":
                 "import os\nassert 'SWARM_TEST_WORKER' not in os.environ, 'only here'\n" + SIMPLE})
    master = place.master("-H", "http://127.0.0.1:1")
    worker = place.worker(master, "--worker-id", "far", SWARM_TEST_WORKER="1")
    assert worker.end() == 1
    assert "AssertionError: only here" in worker.said
    master.line("ERROR.*Worker far could not load the scenario")
    master.line("AssertionError: only here")
    place.all_gone()


def test_what_is_included_must_be_there_and_not_too_much(place):
    place.write({"locustfile.py": SIMPLE})
    with (place.folder / "project" / "huge.bin").open("wb") as file:
        file.truncate(65 << 20)
    for pattern, reason in ("huge.bin", "more than 64"), ("nothing*", "'nothing*' names no file"):
        master = place.master("-H", "http://127.0.0.1:1", "--include", pattern)
        assert master.end() == 1
        assert reason in master.said


def test_a_worker_is_told_why_it_gets_nothing(place):
    """In one line; the master goes on, for workers that have files of their own."""
    place.write({"locustfile.py": "import huge\n" + SIMPLE, "huge.py": "#" * (65 << 20)})
    master = place.master("-H", "http://127.0.0.1:1")
    worker = place.worker(master)
    assert worker.end() == 1
    assert "swarm: error: the master cannot send its scenario: the files for workers have 65 MiB" \
        in worker.said
    assert master.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP],
                         ids=["SIGTERM", "SIGKILL", "SIGHUP"])
def test_the_folder_goes_with_its_worker(place, number):
    place.write({"locustfile.py": SIMPLE})
    master = place.master("-H", "http://127.0.0.1:1", "-t", "10m", "--expect-workers", "2")
    worker = place.worker(master)
    worker.line("Starting swarm")
    (folder,) = place.folders()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "scenario" / "locustfile.py").exists()
    worker.send_signal(number)
    worker.end()
    place.all_gone()


def test_a_folder_that_was_left_goes_with_the_next_start(place, fresh_target):
    left = place.temporary / "swarm-scenario-left"
    (left / "scenario").mkdir(parents=True)
    (left / "lock").touch()
    place.write({"locustfile.py": SIMPLE})
    master = place.master("-H", fresh_target.url, *RUN)
    worker = place.worker(master)
    worker.line("Starting swarm")
    assert not left.exists()
    assert (master.end(), worker.end()) == (0, 0), master.said + worker.said
    place.all_gone()
