#!/usr/bin/env python3
"""What Python's MessagePack makes of many envelopes, for the codec to be compared with.

usage: codec.py          writes codec.json anew
       codec.py --check  exits 1 if it is not what would be written

A value in codec.json is itself, but {"bytes": hex}, {"map": [[key, value], ...]}, {"float": word}
and {"repeat": value, "times": n} for what JSON cannot say or nobody wants to read. An envelope of
more than 2000 bytes is told by its size and its beginning.
"""

import json
import math
import random
import sys
from pathlib import Path

import msgpack

HERE = Path(__file__).resolve().parent
LONG = 2000
HEAD = 40


def repeats(value):
    long = isinstance(value, (str, bytes, list)) and len(value) > 250
    return long and value == value[:1] * len(value)


def written(value):
    if repeats(value):
        return {"repeat": written(value[:1]), "times": len(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if isinstance(value, dict):
        return {"map": [[written(key), written(item)] for key, item in value.items()]}
    if isinstance(value, list):
        return [written(item) for item in value]
    return value


def whole_numbers():
    edges = [0, 1 << 5, 1 << 7, 1 << 8, 1 << 15, 1 << 16, 1 << 31, 1 << 32, 1 << 63, 1 << 64]
    near = {edge + step for edge in edges for step in (-1, 0, 1)}
    near |= {-number for number in near}
    return sorted(number for number in near if -(1 << 63) <= number < 1 << 64)


def any_value(draw, depth):
    kind = draw.randrange(9 if depth else 7)
    if kind == 0:
        return None
    if kind == 1:
        return draw.random() < 0.5
    if kind == 2:
        return draw.randrange(-(1 << 63), 1 << 64) >> draw.randrange(64)
    if kind == 3:
        return draw.choice([draw.random(), draw.uniform(-1e300, 1e300), -0.0, 1e-320])
    if kind in (4, 5):
        return "".join(draw.choice("abc/ é€😀\0\n\"\\") for _ in range(draw.randrange(40)))
    if kind == 6:
        return draw.randbytes(draw.randrange(40))
    if kind == 7:
        return [any_value(draw, depth - 1) for _ in range(draw.randrange(20))]
    keys = [draw.choice([draw.randrange(-40, 400), f"key {draw.random()}"]) for _ in range(20)]
    return {key: any_value(draw, depth - 1) for key in keys[:draw.randrange(20)]}


def stats_entry(name, method):
    return {"name": name, "method": method, "last_request_timestamp": 1700000003.25,
            "start_time": 1700000000.5, "num_requests": 3, "num_none_requests": 0,
            "num_failures": 1, "total_response_time": 171.5, "max_response_time": 150.0,
            "min_response_time": 1.5, "total_content_length": 66,
            "response_times": {1: 2, 150: 1}, "num_reqs_per_sec": {1700000003: 3},
            "num_fail_per_sec": {1700000003: 1}}


def envelopes():
    """Pairs of a name and [type, data, node_id]."""
    yield "a greeting of boomer", ["client_ready", -1, "w1"]
    yield "a greeting", ["client_ready", "2.46.3", "host_0123456789abcdef0123456789abcdef"]
    yield "an answer", ["ack", {"index": 0}, "w1"]
    yield "the answer to a heartbeat", ["heartbeat", None, "w1"]
    yield "response times", ["x", {1: 2, 150: 1}, "w1"]
    yield "a heartbeat", ["heartbeat", {"state": "running", "current_cpu_usage": 12.5,
                                        "current_memory_usage": 52428800}, "w1"]
    yield "an order", ["spawn", {"timestamp": 1700000000.125, "user_classes_count": {"A": 5},
                                 "host": None, "stop_timeout": 0.0, "parsed_options": {}}, "w1"]
    yield "a report", ["stats", {"stats": [stats_entry("/", "GET")],
                                 "stats_total": stats_entry("Aggregated", ""),
                                 "errors": {}, "user_classes_count": {"A": 5},
                                 "user_count": 5}, "w1"]
    for number in whole_numbers():
        yield f"the number {number}", ["x", number, "w"]
    for number in (0.0, -0.0, 0.1, 1.0, 1e308, 5e-324, math.inf, -math.inf, math.nan):
        yield f"the number {number!r}", ["x", number, "w"]
    for size in (0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536):
        yield f"text of {size}", ["x", "a" * size, "w"]
        yield f"{size} bytes", ["x", b"\xff" * size, "w"]
        yield f"a list of {size}", ["x", [None] * size, "w"]
        if size <= 256:
            yield f"a map of {size}", ["x", dict.fromkeys(range(size)), "w"]
    draw = random.Random(4)
    for number in range(60):
        yield f"at random, {number}", ["any", any_value(draw, 4), "w"]


def document():
    samples = []
    for name, envelope in envelopes():
        packed = msgpack.packb(envelope, use_bin_type=True)
        # What Locust's peers would read from it.
        again = msgpack.unpackb(packed, raw=False, strict_map_key=False)
        assert repr(again) == repr(envelope), name
        sample = {"name": name, "type": envelope[0], "data": written(envelope[1]),
                  "node_id": envelope[2]}
        if len(packed) <= LONG:
            sample["hex"] = packed.hex()
        else:
            sample |= {"head": packed[:HEAD].hex(), "size": len(packed)}
        samples.append(sample)
    return "[\n" + ",\n".join(json.dumps(sample, ensure_ascii=True) for sample in samples) + "\n]\n"


def main():
    path = HERE / "codec.json"
    if "--check" in sys.argv[1:]:
        if not path.exists() or path.read_text() != document():
            print("codec.json is not what Python packs: run codec.py", file=sys.stderr)
            return 1
        return 0
    path.write_text(document())
    return 0


if __name__ == "__main__":
    sys.exit(main())
