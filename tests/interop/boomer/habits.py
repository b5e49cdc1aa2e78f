"""A worker with boomer's habits, where boomer itself cannot be had: -1 for a version, whole numbers
for times, no last report when it is stopped, none while it has nothing to do."""

import os
import sys
import time
import urllib.request

import msgpack
import zmq

ME = "host_0123456789abcdef"
TARGET = os.environ["TARGET"]


class Stats:
    def __init__(self):
        self.start = int(time.time())
        self.times = {}
        self.seconds = {}
        self.bytes = 0

    def look(self):
        start = time.monotonic()
        with urllib.request.urlopen(TARGET + "/success", timeout=20) as response:
            self.bytes += len(response.read())
        ms = int((time.monotonic() - start) * 1000)
        self.times[ms] = self.times.get(ms, 0) + 1
        now = int(time.time())
        self.seconds[now] = self.seconds.get(now, 0) + 1

    def entry(self, method, name):
        return {"name": name, "method": method, "last_request_timestamp": int(time.time()),
                "start_time": self.start, "num_requests": sum(self.times.values()),
                "num_none_requests": 0, "num_failures": 0,
                "total_response_time": sum(ms * count for ms, count in self.times.items()),
                "max_response_time": max(self.times, default=0),
                "min_response_time": min(self.times, default=0),
                "total_content_length": self.bytes, "response_times": self.times,
                "num_reqs_per_sec": self.seconds, "num_fail_per_sec": {}}


def main():
    port = sys.argv[sys.argv.index("--master-port") + 1]
    socket = zmq.Context().socket(zmq.DEALER)
    socket.setsockopt(zmq.IDENTITY, ME.encode())
    socket.connect(f"tcp://127.0.0.1:{port}")
    state, wanted, stats = "ready", {}, Stats()
    beat = report = time.monotonic()

    def send(kind, data=None):
        socket.send(msgpack.packb([kind, data, ME]))

    send("client_ready", -1)
    while True:
        while socket.poll(0):
            kind, data, _ = msgpack.unpackb(socket.recv(), strict_map_key=False)
            if kind == "spawn":
                if state == "ready":
                    stats = Stats()
                send("spawning")
                wanted, state = data["user_classes_count"], "running"
                send("spawning_complete",
                     {"count": sum(wanted.values()), "user_classes_count": wanted})
            elif kind == "stop" and state == "running":
                wanted, state = {}, "ready"
                send("client_stopped")
                send("client_ready", -1)
            elif kind == "quit":
                send("quit")
                socket.close(linger=1000)
                return
        for _ in range(sum(wanted.values())):
            stats.look()
        if time.monotonic() >= beat:
            beat += 1
            send("heartbeat", {"state": state, "current_cpu_usage": 1.5, "current_memory_usage": 1000})
        if time.monotonic() >= report:
            report += 3
            if state != "ready":
                entries = [stats.entry("GET", "/success")] if stats.times else []
                send("stats", {"stats": entries, "stats_total": stats.entry("", "Total"),
                               "errors": {}, "user_count": sum(wanted.values()),
                               "user_classes_count": wanted})
            stats = Stats()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
