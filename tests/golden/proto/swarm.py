#!/usr/bin/env python3
"""Reads the swarm dialect as proto/README.md tells it, and nothing else: what swarm.txt holds, with
its fields named, is swarm.json.

usage: swarm.py          writes swarm.json anew
       swarm.py --check  exits 1 if it is not what would be written
"""

import hashlib
import json
import sys
from pathlib import Path

import msgpack

HERE = Path(__file__).resolve().parent

USERS = "users"
PERMITS = {"run": int, "granted": int, "serial": int}
FACTS = {"run": int, "age": int, "era": int, "order": int, "seq": int, "samples": int,
         "users": USERS, "permits": (PERMITS,)}
HEALTH = {"wall": int, "loop_busy": int, "longest_turn": int, "events": int, "late": float,
          "late_wait": float, "descriptors_used": int, "descriptors_limit": int,
          "connections_opened": int, "memory": int}
ENDPOINT = {"method": str, "name": str, "requests": int, "failures": int, "none_requests": int,
            "interrupted": int, "bytes_received": int, "response_times": "histogram",
            "seconds": "seconds", "first": (int,), "last": int, "self_timed": int}
ERROR = {"method": str, "name": str, "error": str, "occurrences": int, "first_seen": (int,),
         "last_seen": int}
# Names and values, one after the other.
FIELDS = [str]
EXCHANGE = {"method": str, "name": str, "error": str, "at": int, "took": int,
            "request_method": str, "url": str, "request_fields": FIELDS, "request_body": str,
            "status": int, "response_fields": FIELDS, "response_body": str, "cut": int,
            "user_class": str, "resolve": int, "connect": int, "tls": int, "wait": int, "read": int}
DELTA = {"endpoints": [ENDPOINT], "errors": [ERROR],
         "exceptions": [{"traceback": str, "message": str, "count": int}],
         "generator_errors": [{"text": str, "count": int}],
         "send_lag": "histogram", "until": int, "exchanges": [EXCHANGE]}
FILE = {"path": str, "contents": bytes, "sum": bytes}
MESSAGE = {"type": str, "data": object}

TO_MASTER = {
    "client_ready": {"version": str, "run": (FACTS,)},
    "order_done": {"run": int, "order": int, "users": USERS},
    "heartbeat": {"state": str, "cpu_percent": float, "memory": int, "samples": int,
                  "loop_lag": int},
    "report": {"run": int, "seq": int, "since": int, "era": int, "samples": int, "users": USERS,
               "state": str, "permits": PERMITS, "health": HEALTH, "delta": DELTA,
               "extra": (dict,)},
    "stop_request": {"run": int},
    "client_stopped": {"run": int},
    "goodbye": {},
    "scenario_request": {"platform": str},
    "scenario_failed": {"reason": str},
    "logs": {"lines": [str]},
    "message": MESSAGE,
}
TO_WORKER = {
    "ack": {"index": int, "run": int, "counted": int},
    "refused": {"reason": str},
    "spawn": {"run": int, "run_age": int, "order": int, "targets": USERS, "steps": "steps",
              "host": str, "stop_timeout": int, "report_interval": int, "options": (dict,)},
    "permits": PERMITS,
    "spawning_complete": {"run": int, "users": int, "era": int},
    "report_ack": {"run": int, "seq": int},
    "stop": {"run": int},
    "quit": {},
    "scenario_files": {"entries": [str], "files": [FILE], "error": str},
    "message": MESSAGE,
}


def varints(packed):
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0
    assert shift == 0, "a number is cut off"


def stepped(numbers, size):
    """Groups of `size` numbers; the first of each counts from the first of the one before."""
    assert len(numbers) % size == 0
    place = 0
    for at in range(0, len(numbers), size):
        place += numbers[at]
        yield [place, *numbers[at + 1:at + size]]


def bucket(ns):
    if ns < 1 << 10:
        return ns >> 3
    if ns >= 1 << 42:
        return 4223
    k = ns.bit_length() - 1
    return (k - 9) * 128 + ((ns >> (k - 7)) & 127)


def histogram(packed):
    if not packed:
        return {}
    total, least, greatest, *rest = varints(packed)
    buckets = list(stepped(rest, 2))
    count = sum(times for _, times in buckets)
    assert buckets[0][0] == bucket(least) and buckets[-1][0] == bucket(greatest)
    assert count * least <= total <= count * greatest
    return {"sum": total, "least": least, "greatest": greatest, "buckets": buckets}


def steps(packed):
    return [{"after": after, "class": what // 2, "change": "stop" if what % 2 else "hatch"}
            for after, what in stepped(list(varints(packed)), 2)]


PACKED = {"histogram": histogram, "seconds": lambda packed: list(stepped(list(varints(packed)), 3)),
          "steps": steps}


def field(kind, value):
    if isinstance(kind, tuple):
        return None if value is None else field(kind[0], value)
    if isinstance(kind, dict):
        pairs = zip(kind.items(), value, strict=True)
        return {name: field(each, item) for (name, each), item in pairs}
    if isinstance(kind, list):
        return [field(kind[0], item) for item in value]
    if kind == USERS:
        return dict(value)
    if isinstance(kind, str):
        assert isinstance(value, bytes)
        return PACKED[kind](value)
    assert isinstance(value, (int, float) if kind is float else kind), (kind, value)
    if isinstance(value, bytes):
        return value.hex()
    # JSON has text keys only.
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else value


def message(direction, packed):
    kind, data, worker = msgpack.unpackb(packed, raw=False, strict_map_key=False)
    named = {"direction": direction, "type": kind, "worker": worker}
    if not kind.startswith("swarm."):
        return {**named, "data": data}
    kinds = TO_MASTER if direction == "to_master" else TO_WORKER
    fields = field(kinds[kind.removeprefix("swarm.")], data)
    for file in fields.get("files", ()):
        contents = bytes.fromhex(file["contents"])
        assert hashlib.sha256(contents).hexdigest() == file["sum"]
    return {**named, "fields": fields}


def document():
    lines = (HERE / "swarm.txt").read_text().split("\n")
    messages = [message(direction, bytes.fromhex(packed))
                for direction, _, packed in (line.split() for line in lines if line)]
    told = {(each["direction"], each["type"]) for each in messages}
    for direction, kinds in (("to_master", TO_MASTER), ("to_worker", TO_WORKER)):
        assert told >= {(direction, "swarm." + kind) for kind in kinds}
    return "[\n" + ",\n".join(json.dumps(each) for each in messages) + "\n]\n"


def main():
    path = HERE / "swarm.json"
    if "--check" in sys.argv[1:]:
        if not path.exists() or path.read_text() != document():
            print("swarm.json is not what swarm.txt says: run swarm.py", file=sys.stderr)
            return 1
        return 0
    path.write_text(document())
    return 0


if __name__ == "__main__":
    sys.exit(main())
