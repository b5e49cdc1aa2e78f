"""The web routes of swarm and of a real Locust, after the same run: key by key, and value by value
where the run decides them."""

import csv
import io
import json
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from fleet import HERE, Member
from programs import debian_locust, newest_locust, swarm, why_not
from support import Target

FILE = str(HERE / "locustfiles" / "watched.py")
USERS = 3
REQUESTS, FAILURES = 5 * USERS, 2 * USERS


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Site:
    """A program's web interface after the run, and what its routes said."""

    def __init__(self, program, folder, target, distributed):
        self.program = program
        self.port, fleet_port = free_port(), str(free_port())
        words = ["-f", FILE, "--web-host", "127.0.0.1", "--web-port", str(self.port), "-H", target.url]
        role = ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", fleet_port]
        self.members = [Member("web", program, words + (role if distributed else []), folder / "web", {})]
        if distributed:
            self.members.append(Member("worker", program, [
                "-f", FILE, "--worker", "--master-host", "127.0.0.1", "--master-port", fleet_port],
                folder / "worker", {}))
        try:
            self.run(distributed)
        except BaseException:
            self.stop()
            raise

    def run(self, distributed):
        self.until(lambda: self.text("/"))
        if distributed:
            self.until(lambda: self.json("/stats/requests")["workers"])
        form = f"user_count={USERS}&spawn_rate=100&locust_count={USERS}&hatch_rate=100"
        self.started = self.json("/swarm", form)
        self.until(lambda: self.json("/stats/requests")["stats"][-1]["num_requests"] == REQUESTS
                   and self.json("/exceptions")["exceptions"][0]["count"] == USERS)
        # Locust keeps an answer for two seconds.
        self.until(lambda: self.json("/stats/requests")["state"] == "running")
        self.stats = self.json("/stats/requests")
        self.exceptions = self.json("/exceptions")["exceptions"]
        self.tasks = self.json("/tasks")
        self.files = {path: self.text(path) for path in (
            "/stats/requests/csv", "/stats/failures/csv", "/exceptions/csv")}
        self.page = self.text("/")

    def until(self, happened, seconds=30):
        end = time.monotonic() + seconds
        while True:
            try:
                if happened():
                    return
            except (urllib.error.URLError, ConnectionError, IndexError):
                pass
            assert time.monotonic() < end, self.members[0].said()
            time.sleep(0.1)

    def text(self, path, form=None, **fields):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}",
                                         form and form.encode(), fields)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def json(self, path, form=None):
        return json.loads(self.text(path, form))

    def stop(self):
        for member in self.members:
            member.process.terminate()
        for member in self.members:
            try:
                member.process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            member.kill()


@pytest.fixture(scope="module")
def target():
    running = Target()
    yield running
    running.stop()


@pytest.fixture(scope="module", params=["local", "distributed"])
def role(request):
    return request.param


def site_of(program, role, tmp_path_factory, target):
    reason = why_not(program)
    if program == debian_locust() and role == "distributed":
        reason = "Debian's master takes its own workers for too old, since it does not know its version"
    if reason:
        pytest.skip(f"{program.name}: {reason}")
    return Site(program, tmp_path_factory.mktemp("site"), target, role == "distributed")


@pytest.fixture(scope="module")
def ours(role, tmp_path_factory, target):
    site = site_of(swarm(), role, tmp_path_factory, target)
    yield site
    site.stop()


@pytest.fixture(scope="module", params=[debian_locust(), newest_locust()], ids=lambda p: p.name)
def theirs(request, role, tmp_path_factory, target):
    site = site_of(request.param, role, tmp_path_factory, target)
    yield site
    site.stop()


def kind(value):
    return "number" if type(value) in (int, float) else type(value).__name__


def missing(theirs, ours, path=""):
    """The keys that are Locust's and not ours, and those that hold another kind of value."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return [each for key, value in theirs.items() for each in (
            missing(value, ours[key], f"{path}.{key}") if key in ours else [f"{path}.{key}"])]
    if isinstance(theirs, list) and isinstance(ours, list) and theirs:
        return missing(theirs[0], ours[0], f"{path}[]") if ours else [f"{path}[]"]
    return [] if kind(theirs) == kind(ours) or None in (theirs, ours) else [f"{path}: {kind(theirs)}"]


def test_statistics_have_all_keys(ours, theirs):
    assert missing(theirs.stats, ours.stats) == []


def counts(stats):
    return {(entry["method"] or "", entry["name"]): (entry["num_requests"], entry["num_failures"])
            for entry in stats["stats"]}


def unescaped(text):
    """2.12.1 escapes names for its page, where a script would want them as they are."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'").replace("&#39;", "'")


def test_statistics_count_the_same(ours, theirs):
    assert counts(ours.stats) == counts(theirs.stats)
    assert [entry["name"] for entry in ours.stats["stats"]] == \
        [entry["name"] for entry in theirs.stats["stats"]]
    for key in ("fail_ratio", "state", "user_count"):
        assert ours.stats[key] == theirs.stats[key], key
    lengths = [[entry["avg_content_length"] for entry in site.stats["stats"]] for site in (ours, theirs)]
    assert lengths[0] == lengths[1]


def test_errors_are_the_same(ours, theirs):
    found = [{(error["method"], unescaped(error["name"]), error["occurrences"])
              for error in site.stats["errors"]} for site in (ours, theirs)]
    assert found[0] == found[1] == {("POST", "no <b>where</b>", FAILURES)}


def test_exceptions_are_the_same(ours, theirs):
    assert missing(theirs.exceptions, ours.exceptions) == []
    found = [[(each["count"], unescaped(each["msg"])) for each in site.exceptions]
             for site in (ours, theirs)]
    assert found[0] == found[1] == [(USERS, "no <b>good</b>")]
    assert all("watched.py" in each["traceback"] for each in ours.exceptions)


def test_tasks_are_the_same(ours, theirs):
    assert ours.tasks == theirs.tasks


def test_the_answer_to_a_start_is_the_same(ours, theirs):
    assert ours.started == theirs.started


def test_files_have_the_same_columns_and_counts(ours, theirs):
    for path, text in theirs.files.items():
        locusts = list(csv.DictReader(io.StringIO(text)))
        found = list(csv.DictReader(io.StringIO(ours.files[path])))
        assert set(locusts[0]) <= set(found[0]), path
        for column in ("Type", "Method", "Name", "Request Count", "Failure Count", "Occurrences",
                       "Count", "Message"):
            assert [row.get(column) for row in found] == [row.get(column) for row in locusts], column


def test_logs_and_workers(ours, theirs, role):
    if theirs.program == debian_locust():
        pytest.skip("2.12.1 has neither")
    assert missing(theirs.json("/worker-count"), ours.json("/worker-count")) == []
    for logs in (theirs.json("/logs"), ours.json("/logs")):
        assert logs.keys() == {"master", "workers"}
        assert all(isinstance(line, str) for line in logs["master"]) and logs["master"]
    if role == "distributed":
        assert len(ours.json("/stats/requests")["workers"]) == 1


# --- those who read them ---


def exporters_reading(site):
    """What the widely used exporter makes of the route (ContainerSolutions/locust_exporter): these
    keys, as numbers or texts."""
    stats = site.json("/stats/requests")
    read = {key: float(stats[key]) for key in ("total_rps", "fail_ratio", "user_count")}
    read["state"] = str(stats["state"])
    for entry in stats["stats"]:
        for key in ("num_requests", "num_failures", "avg_response_time", "current_rps",
                    "min_response_time", "max_response_time", "median_response_time",
                    "avg_content_length"):
            read[entry["method"], unescaped(entry["name"]), key] = float(entry[key] or 0)
    for error in stats["errors"]:
        name, text = unescaped(error["name"]), unescaped(error["error"])
        read[error["method"], name, text] = float(error["occurrences"])
    for worker in stats.get("slaves", stats.get("workers", [])):
        read["worker", str(worker["state"])] = float(worker["user_count"])
    return read


def test_an_exporter_reads_the_same_of_both(ours, theirs):
    found, locusts = exporters_reading(ours), exporters_reading(theirs)
    assert found.keys() == locusts.keys()
    for key, value in locusts.items():
        if key in ("user_count", "fail_ratio", "state") or "num_requests" in key or "num_failures" in key:
            assert found[key] == value, key


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text"])
def test_metrics_of_a_run_are_taken_by_prometheus(ours, accept):
    text = ours.text("/metrics", Accept=accept)
    assert re.search(rf"^swarm_requests_total.* {REQUESTS}$|_requests_total", text, re.MULTILINE)
    if "openmetrics" in accept:
        parser = pytest.importorskip("prometheus_client.openmetrics.parser")
        assert list(parser.text_string_to_metric_families(text))
        return
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed (Debian: prometheus)")
    done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True)
    assert done.returncode == 0 and not done.stdout + done.stderr, done.stdout + done.stderr
