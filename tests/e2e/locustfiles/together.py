"""What a locustfile sees of the other processes of its run: every process prints what it saw, a line
`SEEN {...}` each."""

import json
from datetime import datetime

from gevent import monkey
from locust import LoadTestShape, User, constant, events, runners, task

runners.WORKER_REPORT_INTERVAL = 0.5
HELD_S = 7  # who is silent for 5 s is missing
RUN_S = 10

block = monkey.get_original("time", "sleep")
EVERYTHING = {
    "none": None, "yes": True, "least": -2**63, "most": 2**64 - 1, "share": 0.1,
    "text": "straße \0 \N{SNOWMAN}", "bytes": b"\x00\xff", "list": [1, [2, [3.5, []]], {}],
    "map": {1: "a", -7: {"y": None}, 2.5: b"k", "x" * 300: list(range(1000))},
    "when": datetime(2026, 11, 22, 20, 45, 42, 123456)}


def tell(what, **facts):
    print("SEEN", json.dumps({"what": what, **facts}), flush=True)


@events.init_command_line_parser.add_listener
def add_arguments(parser):
    parser.add_argument("--region", default="nowhere")
    parser.add_argument("--retries", type=int, default=1)


@events.init.add_listener
def init(environment, runner, **_):
    tell("init", role=type(runner).__name__, web_ui=environment.web_ui,
         shape=type(environment.shape_class).__name__)
    if isinstance(runner, runners.MasterRunner):
        init_master(environment, runner)
    elif isinstance(runner, runners.WorkerRunner):
        init_worker(environment, runner)


def init_master(environment, runner):
    def answered(environment, msg, **_):
        tell("answer", worker=msg.node_id, known=msg.node_id in runner.clients,
             index=runner.get_worker_index(msg.node_id), same=msg.data == {"all": EVERYTHING})
        runner.send_message("only", msg.node_id, client_id=msg.node_id)

    runner.register_message("answer", answered)

    @events.worker_connect.add_listener
    def connected(client_id, **_):
        tell("worker_connect", worker=client_id)

    @events.worker_report.add_listener
    def reported(client_id, data, **_):
        tell("worker_report", worker=client_id, extra=data.get("extra"), keys=sorted(data),
             users=data["user_count"], total=data["stats_total"]["num_requests"])

    @events.test_start.add_listener
    def start(**_):
        for bad in ({"a": [1, {2}]}, [2**64], {"b": {(1, 2): 3}}, {"c": print}):
            try:
                runner.send_message("bad", bad)
            except (TypeError, OverflowError) as error:
                tell("refused", kind=type(error).__name__, text=str(error))
        runner.send_message("all", EVERYTHING)
        runner.send_message("nobody listens")

    @events.spawning_complete.add_listener
    def spawned(user_count, **_):
        tell("fleet", count=runner.worker_count, users=runner.user_count, told=user_count,
             states=sorted(worker.state for worker in runner.clients.values()))


def init_worker(environment, runner):
    def heard(environment, msg, **_):
        tell("all", same=msg.data == EVERYTHING, mine=msg.node_id == runner.client_id)
        runner.send_message("answer", {"all": msg.data})

    def only(environment, msg, **_):
        tell("only", mine=msg.data == runner.client_id)
        raise RuntimeError("a listener that fails")

    runner.register_message("all", heard)
    runner.register_message("only", only)

    @events.report_to_master.add_listener
    def report(client_id, data, **_):
        data["extra"] = {"index": runner.worker_index, "by": client_id}
        data["unsendable"] = {1, 2}


@events.test_start.add_listener
def started(environment, **_):
    options, runner = environment.parsed_options, environment.runner
    tell("test_start", region=options.region, retries=options.retries, host=environment.host,
         worker=getattr(runner, "client_id", None), index=getattr(runner, "worker_index", None),
         connected=getattr(runner, "connected", None))


@events.test_stop.add_listener
def stopped(environment, **_):
    tell("test_stop", requests=environment.stats.total.num_requests)


@events.quitting.add_listener
def quitting(**_):
    tell("quitting")


class Caller(User):
    wait_time = constant(0.02)

    @task
    def call(self):
        events.request.fire(request_type="TEST", name="call", response_time=1, response_length=0)


class Holder(User):
    fixed_count = 1
    wait_time = constant(0.1)
    held = False

    @task
    def hold(self):
        if not self.held:
            self.held = True
            block(HELD_S)


class Steps(LoadTestShape):
    def tick(self):
        tell("tick")
        return (5, 10) if self.get_run_time() < RUN_S else None
