"""A scenario for every process of a fleet, of swarm's or of Locust's. Its master does what is
written into the file that $CONDUCT names, a command a line:

    start USERS RATE    again USERS RATE (stop, and start another run)    stop    quit
    ask JSON (every worker answers)

What the processes see is told in lines `NEWS {...}` on stdout.
"""

import json
import os

import gevent
import locust
from locust import HttpUser, constant, events, task
from locust.runners import MasterRunner, WorkerRunner

IS_SWARM = locust.__version__.endswith("+swarm")
# Workers of Locust's report once in 3 s, and its master does not wait for the last report.
LAST_REPORTS_S = 0 if IS_SWARM else 5


def tell(**news):
    print("NEWS " + json.dumps(news), flush=True)


class Visitor(HttpUser):
    weight = 3
    wait_time = constant(0.2)

    @task(6)
    def look(self):
        self.client.get("/success")

    @task(3)
    def wait(self):
        self.client.get("/delay/30")

    @task(2)
    def fail(self):
        self.client.get("/status/500")

    @task(1)
    def break_down(self):
        raise ValueError("broken")


class Buyer(HttpUser):
    wait_time = constant(0.2)

    @task
    def buy(self):
        self.client.post("/echo", data=b"x" * 300)


# --- a worker ---

counted = {"requests": 0, "failures": 0, "bytes": 0, "ms": 0.0, "least": 1e9, "most": 0.0,
           "exceptions": 0}


@events.request.add_listener
def count(response_time, response_length, exception, **_):
    counted["requests"] += 1
    counted["failures"] += exception is not None
    counted["bytes"] += response_length
    counted["ms"] += response_time
    counted["least"] = min(counted["least"], response_time)
    counted["most"] = max(counted["most"], response_time)


@events.user_error.add_listener
def count_exception(**_):
    counted["exceptions"] += 1


@events.report_to_master.add_listener
def report(client_id, data, **_):
    data["counted"] = counted["requests"]
    tell(worker=client_id, counted=counted)


@events.init_command_line_parser.add_listener
def add_options(parser, **_):
    parser.add_argument("--greeting", default="none")


@events.test_start.add_listener
def greet(environment, **_):
    if environment.parsed_options.worker:  # Locust may be ordered before it has its runner
        tell(greeting=environment.parsed_options.greeting)


def answer(environment, msg, **_):
    runner = environment.runner
    runner.send_message("answer", {"index": runner.worker_index, "asked": msg.data})


# --- the master ---

next_run = []
heard = {}  # requests by worker, as its reports say
marked = {}  # the same, as its own key says


@events.worker_report.add_listener
def hear(client_id, data, **_):
    before = heard.get(client_id, 0)
    heard[client_id] = before + sum(entry["num_requests"] for entry in data["stats"])
    marked[client_id] = data.get("counted")  # boomer has no such key


def row(entry):
    return {"requests": entry.num_requests, "failures": entry.num_failures,
            "bytes": entry.total_content_length, "ms": entry.total_response_time,
            "least": entry.min_response_time, "most": entry.max_response_time,
            "median": entry.median_response_time,
            "p95": entry.get_response_time_percentile(0.95)}


@events.test_stop.add_listener
def tell_totals(environment, **_):
    runner = environment.runner
    if not isinstance(runner, MasterRunner):
        return
    gevent.sleep(LAST_REPORTS_S)
    stats = environment.stats
    tell(totals={
        "entries": {f"{e.method} {e.name}": row(e) for e in stats.entries.values()},
        "total": row(stats.total),
        "errors": [[e.method, e.name, str(e.error), e.occurrences] for e in stats.errors.values()],
        "exceptions": sum(e["count"] for e in runner.exceptions.values()),
        "heard": heard, "marked": marked,
    })
    if IS_SWARM and next_run:  # another run follows only if it is asked for before the end
        runner.start(*next_run.pop())


def carry_out(runner, command, arguments):
    if command == "start":
        users, rate = arguments.split()
        runner.start(int(users), float(rate))
    elif command == "again":
        users, rate = arguments.split()
        next_run.append((int(users), float(rate)))
        runner.stop()
        if next_run and not IS_SWARM:
            runner.start(*next_run.pop())
    elif command == "ask":
        runner.send_message("question", json.loads(arguments))
    elif command == "stop":
        runner.stop()
    elif command == "quit":
        runner.quit()


def conduct(runner):
    done = 0
    while True:
        gevent.sleep(0.05)
        with open(os.environ["CONDUCT"]) as file:
            lines = [line for line in file.readlines() if line.endswith("\n")]
        for line in lines[done:]:
            command, _, arguments = line.strip().partition(" ")
            carry_out(runner, command, arguments)
        done = len(lines)


def watch(runner):
    seen = None
    while True:
        fleet = {node.id: [node.state, node.user_count] for node in list(runner.clients.values())}
        if fleet != seen:
            seen = fleet
            tell(fleet=fleet, state=runner.state)
        gevent.sleep(0.05)


@events.init.add_listener
def begin(environment, **_):
    runner = environment.runner
    if isinstance(runner, WorkerRunner):
        runner.register_message("question", answer)
    elif isinstance(runner, MasterRunner):
        runner.register_message("answer", lambda environment, msg, **_: tell(answer=msg.data))
        gevent.spawn(conduct, runner)
        gevent.spawn(watch, runner)
