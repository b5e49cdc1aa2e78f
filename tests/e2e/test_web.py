"""The web interface of the local role and of a master, as scripts and pages use it."""

import json
import pathlib
import re
import signal
import socket
import time

import pytest
from page import PATHS, SCENARIO, SERVED, WHERE, Live, Page, start_run, stop_run
from processes import PLAIN, Running
from support import run_swarm


def test_nothing_runs_before_somebody_starts_it(serve):
    _, page = serve()
    assert page.stats()["state"] == "ready"
    hello = page.get("/api/v1/hello")
    assert hello["role"] == "local" and hello["state"] == "ready"
    assert hello["classes"][0]["tasks"]
    assert hello["quantiles"][0] == .5 and hello["quantiles"][-1] == 1
    assert page.stats()["total"]["requests"] == 0


def test_a_run_is_started_edited_stopped_and_started_anew(serve):
    _, page = serve()
    first = start_run(page, users=2)
    assert first["run"] == 1 and first["target_users"] == 2
    assert page.post("/api/v1/start", {"users": 5, "hatch_rate": 100})[0] == 200
    page.wait_for(lambda s: s["users"] == 5)
    assert page.stats()["run"] == 1
    ended = stop_run(page)
    assert ended["users"] == 0 and ended["total"]["requests"] > 0
    again = page.stats()
    assert again["total"]["requests"] == ended["total"]["requests"]

    second = start_run(page, users=1)
    assert second["run"] == 2
    stop_run(page)


def test_the_time_of_a_run_stands_still_when_it_is_over(serve):
    _, page = serve()
    status, answer = page.post("/api/v1/start", {"users": 2, "hatch_rate": 100, "run_time": "2s"})
    assert (status, answer) == (200, {"ok": True})
    over = page.wait_for(lambda s: s["state"] == "stopped")
    assert over["finished"] and 2 <= over["elapsed_s"]
    time.sleep(1.5)
    assert page.stats()["elapsed_s"] == over["elapsed_s"]

    cut = start_run(page, run_time="")
    assert not cut["finished"] and cut["elapsed_s"] < over["elapsed_s"] + 1
    assert cut["run_id"] != over["run_id"]
    assert not stop_run(page)["finished"]
    assert page.post("/api/v1/reset") == (200, {"ok": True})
    assert page.stats()["elapsed_s"] == 0


def test_all_requests_of_each_run_are_counted(serve, fresh_target):
    _, page = serve("-H", fresh_target.url)
    total = 0
    for _ in range(2):
        start_run(page)
        ended = stop_run(page)
        total += ended["total"]["requests"] + ended["interrupted"]
    assert total == fresh_target.requests("/success")


def test_a_reset_starts_the_statistics_at_zero(serve):
    _, page = serve()
    before = start_run(page)
    assert page.post("/api/v1/reset") == (200, {"ok": True})
    after = page.stats()
    assert after["resets"] == before["resets"] + 1 and after["run"] == before["run"]
    assert after["elapsed_s"] < before["elapsed_s"] + 1


CHOSEN = str(pathlib.Path(__file__).parent / "locustfiles" / "chosen.py")


def told(page, method, name):
    """Users of this class see this."""
    page.wait_for(lambda s: any((row["method"], row["name"]) == (method, name) for row in s["rows"]))


def test_the_scenarios_own_options_are_shown_and_chosen_between_runs():
    process = Running("-f", CHOSEN, *SERVED, "--class-picker", "--sizes", "1")
    page = Page(int(process.line(WHERE)[1]))
    try:
        hello = page.get("/api/v1/hello")
        assert (hello["shapes"], hello["shape"]) == (["Steps", "Hill"], "Steps")
        key, dry, region, sizes = sorted(hello["options"], key=lambda option: option["name"])
        assert region == {"name": "region", "help": "Which shop is visited", "kind": "choice",
                          "choices": ["eu", "us"], "default": "eu", "has_value": True,
                          "secret": False, "required": False}
        assert (sizes["kind"], sizes["default"], dry["default"]) == ("list", ["1"], False)
        assert (key["secret"], key["required"], key["default"]) == (True, True, None)
        none = {"users": 1, "hatch_rate": 100, "shape": ""}
        for start, why in ((none, "api_key needs a value"),
                           (none | {"options": {"region": "mars", "api_key": "k"}}, "invalid choice"),
                           (none | {"options": {"host": "x", "api_key": "k"}}, "no option host"),
                           (none | {"shape": "Valley"}, "no shape Valley")):
            status, answer = page.post("/api/v1/start", start)
            assert status == 400 and why in answer["error"], answer
        chosen = {"region": "us", "api_key": "secret", "sizes": [3], "dry": True}
        assert page.post("/api/v1/start", none | {"options": chosen, "profile": "nightly"})[0] == 200
        told(page, "Many", "us secret [3] True")
        assert page.post("/api/v1/start", {"users": 2, "options": {"region": "us"}})[0] == 200
        for change in ({"options": {"region": "eu"}}, {"profile": "x"}, {"shape": "Hill"},
                       {"host": "http://x"}):
            status, answer = page.post("/api/v1/start", change)
            assert status == 400 and "stop it first" in answer["error"], answer
        stop_run(page)
        assert page.get("/api/v1/runs")[0]["label"] == "nightly"
        shown = {option["name"]: option["default"] for option in page.get("/api/v1/hello")["options"]}
        assert shown == {"region": "us", "api_key": None, "sizes": ["3"], "dry": True}
        assert page.form("/swarm", "shape_class=Steps&sizes=4,5&region=eu")[1]["message"] == \
            "Swarming started using shape class 'Steps'"
        told(page, "Many", "eu secret [4, 5] True")
        page.wait_for(lambda s: s["state"] == "stopped")
    finally:
        process.kill()


def test_what_is_chosen_reaches_the_workers():
    master = Running("-f", CHOSEN, *SERVED, "--class-picker", "--master", "--master-bind-host",
                     "127.0.0.1", "--master-bind-port", "0")
    page = Page(int(master.line(WHERE)[1]))
    port = re.search(r"Listening for workers at 127\.0\.0\.1:(\d+)", master.said)[1]
    worker = Running("--worker", "--master-port", port)
    try:
        page.wait_for(lambda s: s["worker_count"] == 1)
        first = {"users": 3, "hatch_rate": 100, "shape": "", "options": {"api_key": "a", "region": "us"}}
        assert page.post("/api/v1/start", first)[0] == 200
        told(page, "Many", "us a [1, 2] False")
        # The file itself asked for two more, of one class.
        told(page, "Few", "us a [1, 2] False")
        page.wait_for(lambda s: s["users"] == 5)
        stop_run(page)
        assert page.post("/api/v1/start", {"options": {"sizes": []}})[0] == 200
        told(page, "Many", "us a [] False")
    finally:
        for process in (master, worker):
            process.kill()


AIMS = str(pathlib.Path(__file__).parent / "locustfiles" / "aims.py")


def test_a_runner_aims_at_what_the_page_asked_for():
    process = Running("-f", AIMS, *SERVED)
    page = Page(int(process.line(WHERE)[1]))
    assert "LocalRunner init: 0 0" in process.said
    try:
        start_run(page, users=3, hatch_rate=50)
        process.line("LocalRunner start: 3 50")
        process.line("LocalRunner complete: 3 50")
        start_run(page, users=7, hatch_rate=20)
        process.line("LocalRunner complete: 7 20")
        stop_run(page)
        process.line("LocalRunner stop: 7 20")
    finally:
        process.kill()


def test_a_worker_aims_at_its_share():
    master = Running("-f", AIMS, *SERVED, "--master", "--master-bind-host", "127.0.0.1",
                     "--master-bind-port", "0")
    page = Page(int(master.line(WHERE)[1]))
    port = re.search(r"Listening for workers at 127\.0\.0\.1:(\d+)", master.said)[1]
    workers = [Running("--worker", "--master-port", port) for _ in range(2)]
    try:
        page.wait_for(lambda s: s["worker_count"] == 2)
        start_run(page, users=6, hatch_rate=100)
        master.line("MasterRunner start: 6 100")
        master.line("MasterRunner complete: 6 100")
        for worker in workers:
            worker.line("WorkerRunner complete: 3 0")
    finally:
        for process in (master, *workers):
            process.kill()


def test_a_run_time_ends_the_run_and_not_the_program(serve):
    process, page = serve()
    settings = {"users": 3, "hatch_rate": 100, "run_time": "1s"}
    assert page.post("/api/v1/start", settings) == (200, {"ok": True})
    page.wait_for(lambda s: s["state"] == "stopped" and s["run"] == 1)
    process.line("--run-time limit reached, stopping test")
    start_run(page)


@pytest.mark.parametrize(("body", "why"), [
    ({"users": 0, "hatch_rate": 1}, "users must be a whole number"),
    ({"users": 1, "hatch_rate": 0}, "hatch_rate must be a number above 0"),
    ({"users": "many"}, "users must be"),
    ({"users": 1, "run_time": "soon"}, "run_time: "),
    ({"users": 1, "host": "not a host"}, "host"),
    ({"users": 1, "classes": ["A"]}, "--class-picker"),
    ({"users": 1, "options": {"teapot": "1"}}, "no option teapot"),
    ({"teapot": 1}, "teapot is not known"),
    ([], "send a JSON object"),
])
def test_what_cannot_be_started_is_refused_in_a_line(serve_once, body, why):
    status, answer = serve_once.post("/api/v1/start", body)
    assert status == 400 and why in answer["error"] and "\n" not in answer["error"]
    assert serve_once.stats()["state"] == "ready"


def test_pages_are_told_what_changes(serve):
    _, page = serve()
    live = Live(page)
    assert live.status == 101
    assert live.receive()["kind"] == "hello"
    first = live.receive()
    assert first["kind"] == "stats" and first["full"]
    live.say({"show": ["workers", "errors", "nonsense"]})
    start_run(page)
    frame = live.wait_for(lambda f: f["kind"] == "stats" and f["rows"])
    assert frame["run"] == 1 and frame["full"]
    live.wait_for(lambda f: f["kind"] == "workers")
    later = live.wait_for(lambda f: f["kind"] == "stats" and f["rows"])
    assert not later["full"]
    live.close()


def test_further_pages_see_all_of_a_run(serve):
    _, page = serve()
    start_run(page)
    stop_run(page)
    for _ in range(2):
        live = Live(page)
        frame = live.wait_for(lambda f: f["kind"] == "stats")
        assert frame["full"] and frame["rows"] and frame["run"] == 1
        live.close()


def test_autostart_starts_and_autoquit_ends(target):
    process = Running("-f", SCENARIO, *SERVED, "-H", target.url, "--autostart", "--autoquit", "0", "-t",
                      "1s", "-u", "2", **PATHS)
    assert process.end() == 0
    assert re.search(WHERE, process.said)
    assert "--autoquit time reached, shutting down" in process.said


def test_ctrl_c_ends_the_program_while_it_waits(serve):
    process, _ = serve()
    process.send_signal(signal.SIGINT)
    assert process.end() == 0


def test_a_port_that_is_taken_is_one_line(target):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run_swarm("-f", SCENARIO, "-H", target.url, "--web-host", "127.0.0.1", "--web-port",
                         str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "cannot serve the web interface at 127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_below_a_base_path(serve):
    _, page = serve("--web-base-path", "/load/")
    assert page.request("GET", "/load").getheader("Location") == "/load/"
    page.base = "/load"
    assert page.stats()["state"] == "ready"
    assert page.request("GET", "/").status == 200
    page.base = ""
    assert page.request("GET", "/api/v1/stats").status == 404


# --- Locust's routes ---


def test_locusts_form_starts_and_its_words_answer(serve):
    _, page = serve()
    status, answer = page.form("/swarm", "user_count=2&spawn_rate=100&host=&teapot=1")
    assert status == 200 and not answer["success"] and "host" in answer["message"]
    host = page.get("/api/v1/hello")["host"]
    status, answer = page.form("/swarm", f"user_count=2&spawn_rate=100&host={host}&run_time=2m")
    assert (status, answer) == (200, {"success": True, "message": "Swarming started", "host": host,
                                      "run_time": 120})
    page.wait_for(lambda s: s["users"] == 2)
    assert page.get("/tasks").keys() == {"per_class", "total"}
    assert page.get("/exceptions") == {"exceptions": []}
    assert page.get("/worker-count") == {"worker_count": 0}
    logs = page.get("/logs")
    assert any("Ramping to 2 users" in line for line in logs["master"])

    assert page.request("GET", "/stop").status == 405
    assert page.request("GET", "/stats/reset").status == 405
    assert page.request("POST", "/stats/reset").text == "ok"
    assert json.loads(page.request("POST", "/stop").text) == {
        "success": True, "message": "Test stopped"}
    assert page.stats()["state"] == "stopped"
    for form in ("user_count=2", "spawn_rate=2", "user_count=x&spawn_rate=1", "user_count=2&spawn_rate=0"):
        assert page.form("/swarm", form)[1]["message"] == \
            "Missing user_count or spawn_rate from /swarm request"
    assert page.form("/swarm", "user_count=1&spawn_rate=1&run_time=soon")[1]["success"] is False


def test_legacy_get_allows_locusts_links(serve):
    _, page = serve("--legacy-get")
    start_run(page)
    assert page.request("GET", "/stats/reset").text == "ok"
    assert json.loads(page.request("GET", "/stop").text)["success"]
    assert page.stats()["state"] == "stopped"
    foreign = page.request("GET", "/stop", Origin="http://evil.example")
    assert foreign.status == 403


def test_user_classes_get_other_weights_between_runs(serve):
    _, page = serve()
    name = page.get("/api/v1/hello")["classes"][0]["name"]
    assert page.post("/user", {"user_class_name": name, "weight": 7, "fixed_count": 1}) == (201, {})
    changed = page.get("/api/v1/hello")["classes"][0]
    assert changed["weight"] == 7 and changed["fixed_count"] == 1
    assert page.post("/user", {"user_class_name": "Nobody", "weight": 1})[0] == 400
    assert page.post("/user", {"user_class_name": name, "host": "x"})[0] == 400


# --- a master ---


def test_a_master_waits_for_a_start_and_conducts_many_runs(serve):
    master, page = serve("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", "0")
    port = re.search(r"Listening for workers at 127\.0\.0\.1:(\d+)", master.said)[1]
    assert page.post("/api/v1/start", {"users": 2, "hatch_rate": 10}) == (
        400, {"error": "no worker is connected"})
    workers = [Running("-f", SCENARIO, "--worker", "--master-port", port, **PATHS)
               for _ in range(2)]
    page.wait_for(lambda s: s["worker_count"] == 2)
    for run in (1, 2):
        assert start_run(page, users=4)["run"] == run
        shown = page.get("/api/v1/workers")["workers"]
        assert len(shown) == 2 and all(each["state"] in ("running", "spawning") for each in shown)
        stop_run(page)
    assert page.get("/worker-count") == {"worker_count": 2}
    master.send_signal(signal.SIGINT)
    assert master.end() == 0
    for worker in workers:
        assert worker.end() == 0


def test_the_totals_go_to_a_file_in_place_of_the_tables(target, tmp_path):
    done = run_swarm("-f", SCENARIO, "--headless", "-H", target.url, "-n", "20", "--only-summary",
                     "--json-file", str(tmp_path / "run"), env=PLAIN | PATHS)
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / "run.json").read_text())
    assert [each["num_requests"] for each in written] == [20]
    assert "Aggregated" not in done.stderr
    assert re.search(r"^  verdict +(VALID|SUSPECT)$", done.stderr, re.MULTILINE)


def test_a_report_of_the_run_is_one_file(target, tmp_path):
    report = tmp_path / "report.html"
    done = run_swarm("-f", SCENARIO, "--headless", "-H", target.url, "-n", "20", "--only-summary",
                     "--html", str(report), env=PLAIN | PATHS)
    assert done.returncode == 0, done.stderr
    text = report.read_text()
    kept = json.loads(re.search(r'id="kept">(.*?)</script>', text, re.DOTALL)[1])
    assert kept["stats"]["total"]["requests"] == 20 and kept["stats"]["state"] == "stopped"
    assert any(path.startswith("history?run=1&endpoint=") for path in kept)
    assert '"is_report": true' in text and '"locustfile": "paths.so"' in text
    outside = re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))
    assert outside == []
    missing = run_swarm("-f", SCENARIO, "--headless", "-H", target.url, "-n", "20", "--html",
                        str(tmp_path / "none" / "x.html"), env=PLAIN | PATHS)
    assert missing.returncode == 1 and "cannot write" in missing.stderr


def test_a_running_swarm_makes_reports(serve):
    _, page = serve()
    start_run(page)
    shown = page.request("GET", "/stats/report")
    assert shown.status == 200 and "sandbox" in shown.getheader("Content-Security-Policy")
    assert shown.getheader("Content-Disposition") is None
    taken = page.request("GET", "/stats/report?download=1")
    assert re.fullmatch(r"attachment;filename=swarm_[\w.-]+_paths\.so\.html",
                        taken.getheader("Content-Disposition"))


def test_exporters_and_scrapers_read_what_they_know(serve):
    _, page = serve()
    start_run(page)
    stats = page.get("/stats/requests")
    assert stats["state"] == "running" and stats["user_count"] == 3
    assert stats["stats"][-1]["name"] == "Aggregated" and stats["stats"][0]["num_requests"] > 0
    assert {"total_rps", "fail_ratio", "errors", "current_rps"} <= stats.keys()
    for path, first in (("/stats/requests/csv", "Type,Name,Request Count"),
                        ("/stats/failures/csv", "Method,Name,Error"),
                        ("/exceptions/csv", "Count,Message,Traceback,Nodes")):
        answer = page.request("GET", path)
        assert answer.status == 200 and answer.text.startswith(first)
        assert answer.getheader("Content-Disposition").startswith("attachment;filename=swarm_")
    assert page.request("GET", "/stats/requests_full_history/csv").status == 404
    metrics = page.request("GET", "/metrics", Accept="application/openmetrics-text")
    assert metrics.status == 200 and metrics.text.endswith("# EOF\n")
    assert page.request("GET", "/metrics").getheader("Content-Type").startswith("text/plain")


def test_failures_show_where_their_time_went_and_whose_they_were(serve):
    _, page = serve(SWARM_TEST_PATHS="GET /nowhere")
    start_run(page, users=1)
    (error,) = page.get("/api/v1/errors")["errors"]
    kept = page.get(f"/api/v1/errors/{error['id']}/exchanges")
    assert kept["first"] == 1
    first = kept["exchanges"][0]
    assert (first["user_class"], first["status"]) == ("Visitor", 404)
    phases = first["phases"]
    assert phases["connect_ms"] > 0 and phases["wait_ms"] > 0 and phases["tls_ms"] is None
    spent = sum(took or 0 for took in phases.values())
    assert spent <= first["took_ms"] * 1.001
    assert all(each["phases"]["connect_ms"] is None for each in kept["exchanges"][1:])


def test_a_reset_before_the_first_run_is_no_run(serve):
    _, page = serve()
    assert page.post("/api/v1/reset") == (200, {"ok": True})
    start_run(page)
    assert [each["run"] for each in page.get("/api/v1/runs")] == [page.stats()["run"]] == [1]
    assert page.get("/api/v1/history?run=1")["points"] is not None


def test_a_start_that_fails_leaves_the_last_run_as_it_was(serve):
    _, page = serve()
    start_run(page, profile="first")
    stop_run(page)
    names = [each["name"] for each in page.get("/api/v1/hello")["classes"]]
    for name in names:
        assert page.post("/user", {"user_class_name": name, "weight": 0})[0] == 201
    page.post("/api/v1/start", {"users": 1, "profile": "in vain"})
    for name in names:
        assert page.post("/user", {"user_class_name": name, "weight": 1})[0] == 201
    start_run(page, profile="second")
    report = page.request("GET", "/stats/report?run=1").text
    assert '"profile":"first"' in report and "in vain" not in report


def test_runs_are_remembered(serve):
    _, page = serve()
    start_run(page)
    stop_run(page)
    start_run(page)
    runs = page.get("/api/v1/runs")
    assert [each["run"] for each in runs] == [2, 1]
    assert runs[1]["ended"] and not runs[0]["ended"] and runs[1]["requests"] > 0
    assert page.get("/api/v1/history?run=1")["points"]
    endpoint = page.stats()["rows"][0]["id"]
    assert page.get(f"/api/v1/history?endpoint={endpoint}")["run"] == 2
    before = page.get("/api/v1/runs/1/endpoints")
    assert sum(row["requests"] for row in before) == runs[1]["requests"]
    assert before[0]["id"] == endpoint and len(before[0]["p"]) == 11
    assert all(each["kept"] for each in runs)
    assert page.get("/api/v1/runs/2/endpoints")[0]["requests"] > 0
    assert page.get(f"/api/v1/history?run=1&endpoint={endpoint}")["points"]
    kept = page.get("/api/v1/run.json?run=1")
    assert kept["total"]["num_requests"] == runs[1]["requests"]
    csv = page.request("GET", "/stats/requests/csv?run=1").text.splitlines()
    assert csv[-1].split(",")[2] == str(runs[1]["requests"])
    assert page.request("GET", "/stats/report?run=1").status == 200
    for path in ("/api/v1/run.json", "/stats/report", "/stats/failures/csv", "/exceptions/csv"):
        assert page.request("GET", path + "?run=99").status == 404
        assert page.request("GET", path + "?run=x").status == 400
    assert page.request("GET", "/api/v1/runs/99/endpoints").status == 404
    page.post("/api/v1/start", {"users": 7})
    assert page.get("/api/v1/history?run=2")["marks"][-1]["text"] == "users 3 \u2192 7"
    assert page.request("GET", "/api/v1/history?run=99").status == 404
    assert page.request("GET", "/api/v1/history?run=x").status == 400
    document = page.get("/api/v1/run.json")
    assert document["total"]["num_requests"] > 0


def test_csv_files_are_written_while_a_run_lasts(serve, tmp_path):
    _, page = serve("--csv", str(tmp_path / "out"), "--csv-full-history")
    start_run(page)
    live = Live(page)
    live.wait_for(lambda f: f["kind"] == "stats" and f["total"]["requests"] > 0 and f["history"])
    live.close()
    assert "Aggregated" in (tmp_path / "out_stats.csv").read_text()
    assert (tmp_path / "out_failures.csv").exists() and (tmp_path / "out_exceptions.csv").exists()
    answer = page.request("GET", "/stats/requests_full_history/csv")
    assert answer.status == 200 and answer.text.startswith("Timestamp,User Count")
