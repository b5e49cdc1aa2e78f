"""Records what Locust's own objects say, byte for byte: `PYTHON record.py FOLDER`, with the
interpreter of a Locust, writes each message as FOLDER/NAME.bin, and FOLDER/rounding.txt.

Runners of the real Locust are made to talk to a recorder instead of a socket. The time stands still
where it is told to, ids are fixed; so another recording of the same version gives the same bytes.
"""

import gevent.monkey

gevent.monkey.patch_all()

import os
import pathlib
import socket
import sys
import types
import uuid

import gevent.queue
from locust import User, argument_parser, constant, events, runners, stats, task
from locust.env import Environment
from locust.rpc.protocol import Message

WORKER = "host_00000000000000000000000000000001"
START = 1_700_000_000.0


class Clock:
    now = START


class Recorder:
    """In place of a socket: keeps what is sent, gives what is put into its queue."""

    def __init__(self, *_address):
        self.sent = []
        self.incoming = gevent.queue.Queue()
        self.port = 5557
        Recorder.newest = self
        if len(_address) == 3:  # a worker, which waits to be greeted
            self.incoming.put(Message("ack", {"index": 0}, WORKER))

    def send(self, message):
        self.sent.append((message.type, message.serialize()))

    send_to_client = send

    def recv(self):
        return self.incoming.get()

    def recv_from_client(self):
        message = self.incoming.get()
        return message.node_id, message

    def close(self, linger=None):
        pass

    def wait_for(self, kind):
        """The bytes of the newest message of a kind."""
        while not (found := [data for name, data in self.sent if name == kind]):
            gevent.sleep(0.01)
        return found[-1]


class Buyer(User):
    wait_time = constant(1000)

    @task
    def nothing(self):
        pass


class Visitor(User):
    wait_time = constant(1000)

    @task
    def nothing(self):
        pass


class Failure(Exception):
    def __repr__(self):
        return str(self)


def log(at, method, name, response_time, length, error=None):
    Clock.now = START + at
    environment_stats.log_request(method, name, response_time, length)
    if error is not None:
        environment_stats.log_error(method, name, Failure(error))


def measure():
    """What tests/unit/proto/locust_stats_test.cpp has as well. Times are not those of a clock, and
    can be told exactly in two digits, or are the least or greatest."""
    log(0, "GET", "/a", 2.5, 100)
    log(0.25, "GET", "/a", 12.0, 150)
    log(0.5, "GET", "/a", 12.0, 150)
    log(1.25, "GET", "/a", 840.0, 0, "HTTPError('500 Server Error: it\\'s for url: /a')")
    log(2.5, "GET", "/a", 3432.75, 20)
    log(1.75, "MQTT", "/b", None, 0)
    log(2.25, "POST", "/c \u00e9\u4e16", 11500.5, 7, "it's \"broken\"\n\u00e9\u00a0\u200b")
    log(2.75, "POST", "/c \u00e9\u4e16", 11500.5, 7, "it's \"broken\"\n\u00e9\u00a0\u200b")


def raise_in_scenario():
    code = {}
    exec(compile("def buy():\n    raise ValueError('sold out')\n", "scenario.py", "exec"), code)
    try:
        code["buy"]()
    except ValueError as error:
        return error, error.__traceback__.tb_next


def record_worker(write):
    global environment_stats
    environment = Environment(user_classes=[Buyer, Visitor], events=events)
    runner = environment.create_worker_runner("127.0.0.1", 5557)
    environment_stats = environment.stats
    peer = Recorder.newest
    write("client_ready", peer.wait_for("client_ready"))
    write("stats_idle", peer.wait_for("stats"))
    peer.incoming.put(Message("spawn", {
        "timestamp": START, "user_classes_count": {"Buyer": 1, "Visitor": 2}, "host": None,
        "stop_timeout": 0.0, "parsed_options": {}}, WORKER))
    write("spawning", peer.wait_for("spawning"))
    write("spawning_complete", peer.wait_for("spawning_complete"))
    runner.current_cpu_usage, runner.current_memory_usage = 12.5, 123456789
    peer.sent.clear()
    write("heartbeat", peer.wait_for("heartbeat"))
    Clock.now = START
    environment.stats.clear_all()
    measure()
    peer.sent.clear()
    runner._send_stats()
    write("stats", peer.wait_for("stats"))
    error, traceback = raise_in_scenario()
    environment.events.user_error.fire(user_instance=None, exception=error, tb=traceback)
    write("exception", peer.wait_for("exception"))
    runner.send_message("orders", {"ids": [1, 300, -7], "ratio": 0.5, "note": "\u00e9", "none": None})
    write("custom", peer.wait_for("orders"))
    peer.incoming.put(Message("stop", None, WORKER))
    write("client_stopped", peer.wait_for("client_stopped"))
    environment.events.quitting.fire(environment=environment, reverse=True)
    write("quit", peer.wait_for("quit"))
    runner.greenlet.kill(block=True)


def record_master(write):
    environment = Environment(user_classes=[Buyer, Visitor], events=type(events)())
    parser = argument_parser.get_empty_argument_parser()
    argument_parser.setup_parser_arguments(parser)
    parser.add_argument("--region")
    environment.parsed_options = parser.parse_args(["--region", "eu"])
    environment.host = "http://target"
    environment.stop_timeout = 2.5
    environment.parsed_locustfiles = [str(pathlib.Path(__file__).with_name("scenario.py"))]
    runner = environment.create_master_runner("127.0.0.1", 5557)
    peer = Recorder.newest
    peer.incoming.put(Message("client_ready", -1, WORKER))
    write("ack", peer.wait_for("ack"))
    Clock.now = START + 1.5
    starting = gevent.spawn(runner.start, 3, 10)
    write("spawn", peer.wait_for("spawn"))
    peer.incoming.put(Message("spawning_complete", {
        "user_classes_count": {"Buyer": 2, "Visitor": 1}, "user_count": 3}, WORKER))
    starting.join()
    peer.incoming.put(Message("heartbeat", {
        "state": "running", "current_cpu_usage": 1.0, "current_memory_usage": 1}, WORKER))
    peer.incoming.put(Message("locustfile", {"version": "2.47.0"}, WORKER))
    gevent.sleep(0.5)
    for kind, data in peer.sent:  # those that this version knows
        if kind in ("spawning_complete", "heartbeat", "locustfile"):
            write(kind, data)
    runner.send_message("orders", {"ids": [1, 2]}, client_id=WORKER)
    write("custom", peer.wait_for("orders"))
    stopping = gevent.spawn(runner.stop)
    write("stop", peer.wait_for("stop"))
    peer.incoming.put(Message("client_stopped", None, WORKER))
    peer.incoming.put(Message("client_ready", -1, WORKER))
    stopping.join()
    runner.server.send_to_client(Message("reconnect", None, WORKER))
    write("reconnect", peer.wait_for("reconnect"))
    gevent.spawn(runner.quit)
    write("quit", peer.wait_for("quit"))


def record_rounding(folder):
    lines = []
    for tenths in [*range(0, 40), 990, 994, 995, 996, 1000, 1049, 1050, 1450, 1550, 1451, 9949, 9950,
                   9999, 10000, 10500, 11500, 10501, 99499, 99500, 99999, 100000, 105000, 115000,
                   584000, 585000, 10005000]:
        entry = stats.StatsEntry(stats.RequestStats(), "", "")
        entry.log(tenths / 10, 0)
        lines.append(f"{tenths / 10} {next(iter(entry.response_times))}\n")
    (folder / "rounding.txt").write_text("".join(lines))


def main():
    folder = pathlib.Path(sys.argv[1])
    for name in ("worker", "master"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    # gevent's own time goes on.
    stats.time = runners.time = types.SimpleNamespace(time=lambda: Clock.now)
    socket.gethostname = lambda: "host"
    runners.uuid4 = lambda: uuid.UUID(int=1)
    runners.rpc.Client = runners.rpc.Server = Recorder

    def writer(name):
        return lambda kind, data: (folder / name / f"{kind}.bin").write_bytes(data)

    record_worker(writer("worker"))
    record_master(writer("master"))
    record_rounding(folder)


if __name__ == "__main__":
    main()
    os._exit(0)  # nobody waits for the greenlets that are left
