"""Sends itself values of all kinds, through the engine, and compares what arrives."""

import collections
import datetime
import enum
import random

import _swarm
import gevent
from locust import User, events

random.seed(4)


class Kind(enum.IntEnum):
    ONE = 1


class Text(str):
    pass


Pair = collections.namedtuple("Pair", "a b")

SAME = [
    None, True, False, 0, -1, 2**63 - 1, 2**63, 2**64 - 1, -2**63, 0.0, -1.5, float("inf"), "", "x\0y",
    "straße \N{SNOWMAN}\N{GRINNING FACE}", b"", b"\x00\xff", [], {}, [[[]]], {1: {2: {3: []}}},
    {None: 1, "a": 2, b"b": 3, 2.5: 4, -1: 5, 2**64 - 1: 6}, {"__datetime__": 1, "x": 2},
    {"__datetime__": True, "as_str": "no date"}, list(range(5000)), {"x" * 70000: "y" * 70000},
    datetime.datetime(2026, 11, 22, 20, 45, 42, 123456)]
CHANGED = [
    ((1, (2,)), [1, [2]]), (bytearray(b"ab"), b"ab"), (memoryview(b"ab"), b"ab"), (Kind.ONE, 1),
    (Text("t"), "t"), (Pair(1, 2), [1, 2]), (collections.OrderedDict(a=1), {"a": 1}),
    (collections.Counter("aa"), {"a": 2}), (collections.defaultdict(int, b=1), {"b": 1})]
deep = endless = []
for _ in range(40):
    deep = [deep]
endless = [1]
endless.append(endless)
REFUSED = [
    ({1, 2}, TypeError, "the value cannot be sent: it is a set"),
    ({"user": {"tags": [1, {2}]}}, TypeError,
     "the value at ['user']['tags'][1] cannot be sent: it is a set"),
    ({(1, 2): 3}, TypeError, "the value at [(1, 2)] cannot be sent: its key is a tuple"),
    ([0, -2**63 - 1], OverflowError, "the value at [1] cannot be sent: it has more than 64 bits"),
    ({"n": 2**64}, OverflowError, "the value at ['n'] cannot be sent: it has more than 64 bits"),
    (deep, ValueError, "is too deep"), (endless, ValueError, "is too deep"),
    (["x" * 2**20] * 20, ValueError, "larger than a message may be"), (1j, TypeError, "complex"),
    (object, TypeError, "it is a type"), ("\ud800", UnicodeEncodeError, "surrogates"),
    (datetime.date(2026, 11, 22), TypeError, "date")]


def anything(depth=0):
    kind = random.randrange(8 if depth < 5 else 6)
    if kind == 6:
        return [anything(depth + 1) for _ in range(random.randrange(5))]
    if kind == 7:
        return {anything(6): anything(depth + 1) for _ in range(random.randrange(5))}
    return (None, random.random() < 0.5, random.randrange(-2**63, 2**64), random.gauss(0, 1e9),
            "".join(chr(random.randrange(0x250)) for _ in range(random.randrange(40))),
            random.randbytes(random.randrange(40)))[kind]


class Nobody(User):
    tasks = [lambda user: None]


heard = []


@events.init.add_listener
def init(runner, **_):
    runner.register_message("value", lambda msg, **_: heard.append(msg.data))


@events.test_start.add_listener
def start(environment, **_):
    try:
        send_and_compare()
    finally:
        environment.runner.quit()


def send_and_compare():
    wanted = SAME + [to for _, to in CHANGED] + (random_ones := [anything() for _ in range(500)])
    for value in SAME + [value for value, _ in CHANGED] + random_ones:
        _swarm.send_message("value", value, None)
    for value, kind, text in REFUSED:
        try:
            _swarm.send_message("value", value, None)
        except kind as error:
            assert text in str(error), error
        else:
            raise AssertionError(f"sent: {value!r}"[:200])
    gevent.sleep(0.1)
    for sent, got in zip(wanted, heard, strict=True):
        assert (type(sent), sent) == (type(got), got), (sent, got)
    print("ALL ARRIVED", len(heard))
