"""_swarm.json_loads and what is sent for json= equal Python's json, value for value and error for
error."""

import enum
import gc
import json
import math
import os
import random
import string
import subprocess
import sys
from collections import OrderedDict

import _swarm
import pytest

DOCUMENTS = [
    "", " ", "null", "true", "false", " true ", "nul", "truee", "0", "-0", "-0.0", "1e5", "1E400",
    "-1e400", "1e-400", "0.1", "2.5e-3", "01", "1.", ".5", "+1", "- 1", "1e", "NaN", "Infinity",
    "-Infinity", "9223372036854775807", "9223372036854775808", "18446744073709551615",
    "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "1" * 400,
    "0.30000000000000004", "5e-324", "1.7976931348623157e308", "123456789.123456789",
    '"text"', '"\\u00e9\\n\\t\\"\\\\\\/"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00x"',
    '"\\ud800\\u0041"', '"\x01"', '"\t"', '"a\nb"', '"\\x"', '"\\u12"', '"open', "'single'",
    '"stra\u00dfe \u2603 \U0001f600"', '"\u2028"', '"\u0000"', '"\\u0000"',
    "[]", "[ ]", "[1,2]", "[1,]", "[,1]", "[1 2]", "[1", "]", "[[[[]]]]", "{}", '{"a":1}',
    '{"a":1,"a":2}', '{"a":{"b":[1,{"c":null}]}}', "{'a':1}", "{a:1}", '{"a"}', '{"a":}',
    '{"a":1,}', '{"a":1 "b":2}', '{"":0}', '{"a":1}x', '{"a":1} ', "[1]\n\n", "1 2", "\ufeff{}",
    '{"b":1,"a":2,"b":3}', "[" * 100 + "]" * 100, "[" * 250 + "]" * 250, "/* no */ 1", "[1]//",
    "\u00a01", "\x0c1", "[1,\u00a02]", "1" + "0" * 25 + ".5", "[1.0, 1, true, null]",
]


def outcome(loads, document):
    try:
        value = loads(document)
    except ValueError as error:
        return type(error), str(error)
    except RecursionError:
        return RecursionError
    return typed(value)


def typed(value):
    """With the types of all parts, since 1 == 1.0 == True; and NaN as something that equals."""
    if isinstance(value, dict):
        return "dict", [(typed(k), typed(v)) for k, v in value.items()]
    if isinstance(value, list):
        return "list", [typed(item) for item in value]
    if isinstance(value, float):
        return "float", "nan" if math.isnan(value) else (value, math.copysign(1, value))
    return type(value).__name__, value


# So often that it is known and copied, whatever was in its place before.
UNTIL_KNOWN = range(7)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda text: repr(text[:30]))
def test_reads_as_python_does(document):
    for _ in UNTIL_KNOWN:
        assert outcome(_swarm.json_loads, document) == outcome(json.loads, document)


@pytest.mark.parametrize("data", [
    b"\xff", b'"\xff"', b'"\xc3"', b'"\xed\xa0\x80"', b'{"a": "\xf0\x9f\x98\x80"}',
    b"\xef\xbb\xbf{}", '{"a": 1}'.encode("utf-16"), '{"a": 1}'.encode("utf-32"),
    '{"a": 1}'.encode("utf-16-le"), b"", b'"\xf5\x80\x80\x80"', b'"\xc0\xaf"',
])
def test_reads_bytes_as_python_does(data):
    assert outcome(_swarm.json_loads, data) == outcome(json.loads, data)


class Documents:
    """Random documents, and documents broken at random."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def value(self, depth=0):
        kinds = 7 if depth < 5 else 5
        return [self.text, self.integer, self.number, lambda *_: None,
                lambda *_: self.random.random() < 0.5, self.array, self.object,
                ][self.random.randrange(kinds)](depth)

    def text(self, depth=0):
        alphabet = string.printable + "\u00e4\u2603\U0001f600\\\"\u0001"
        return "".join(self.random.choices(alphabet, k=self.random.randrange(20)))

    def integer(self, depth=0):
        return self.random.choice([0, 1, -1, 2**31, 2**63 - 1, 2**63, 2**64, -2**63, 10**30,
                                   self.random.randrange(-10**6, 10**6)])

    def number(self, depth=0):
        return self.random.choice([0.0, -0.0, 0.1, 1e300, 5e-324, self.random.uniform(-1e9, 1e9),
                                   self.random.random()])

    def array(self, depth):
        return [self.value(depth + 1) for _ in range(self.random.randrange(6))]

    def object(self, depth):
        return {self.text(): self.value(depth + 1) for _ in range(self.random.randrange(6))}

    def document(self):
        return json.dumps(self.value(), ensure_ascii=self.random.random() < 0.5,
                          indent=self.random.choice([None, None, 1]))

    def broken(self):
        text = self.document()
        at = self.random.randrange(len(text) + 1)
        kind = self.random.randrange(3)
        if kind == 0:
            return text[:at]
        other = self.random.choice('{}[]",:0e-. \\u\n\u00e4')
        return text[:at] + other + text[at + (kind == 1):]


def test_reads_many_documents_as_python_does():
    documents = Documents(seed=1)
    for _ in range(3000):
        for document in (documents.document(), documents.broken()):
            for _ in UNTIL_KNOWN:
                assert outcome(_swarm.json_loads, document) == outcome(json.loads, document), document


def test_keys_that_differ_in_one_byte_are_told_apart():
    for length in range(1, 36):
        keys = ["a" * length] + ["a" * at + "b" + "a" * (length - at - 1) for at in range(length)]
        for document in [json.dumps({key: 0}) for key in keys] * 2:
            assert _swarm.json_loads(document) == json.loads(document)


def test_a_large_document():
    value = [{"id": number, "name": f"name {number}", "tags": ["a", "b"]} for number in range(50000)]
    assert _swarm.json_loads(json.dumps(value)) == value


def spoil(value):
    """Changes every list and dictionary in it."""
    for inner in list(value.values() if isinstance(value, dict) else value):
        if isinstance(inner, (dict, list)):
            spoil(inner)
    if isinstance(value, dict):
        value.update(spoiled=True, a=None)
    else:
        value.insert(0, "spoiled")


@pytest.mark.parametrize("document", [
    "[]", "{}", '{"a":1}', "[[[]]]", '[{"a":1.5},{"a":[]}]', '{"a":{"b":{"c":{}}}}',
    '{"a":[1,[2,{"b":[]}],{}],"flat":{"x":"y"}}', "[" * 100 + "]" * 100])
def test_a_document_that_came_before_is_each_ones_own(document):
    for _ in UNTIL_KNOWN:
        value = _swarm.json_loads(document)
        assert value == json.loads(document)
        spoil(value)


def test_texts_of_a_document_that_came_before_are_not_made_anew():
    def texts(document):
        return [_swarm.json_loads(document)["text"] for _ in UNTIL_KNOWN]

    known = texts('{"text":"known by now"}')
    assert known[0] is not known[1]
    assert known[-2] is known[-1]
    large = texts(json.dumps({"text": "too large" * 4000}))
    assert large[-2] == large[-1]
    assert large[-2] is not large[-1]


def test_documents_of_one_size_and_middle_are_told_apart():
    documents = [json.dumps([number, "-" * 40, number]) for number in range(10, 30)]
    for document in [text for text in documents for _ in UNTIL_KNOWN] * 2 + documents:
        assert _swarm.json_loads(document) == json.loads(document)


def test_documents_that_nobody_asks_for_are_let_go():
    def kept():
        return sum(type(thing) is dict and "a key of this test" in thing for thing in gc.get_objects())

    def load(number):
        for _ in UNTIL_KNOWN:
            _swarm.json_loads(json.dumps({"a key of this test": [number]}))

    for number in range(100, 140):
        load(number)
        assert kept() <= 1
    assert kept() == 1


# Early: while a document is parsed or copied; late: while what was parsed is copied to be kept.
@pytest.mark.parametrize("threshold", [7, 700])
@pytest.mark.parametrize("collected", UNTIL_KNOWN)
def test_a_collector_that_reads_documents_changes_none(collected, threshold):
    # Python that runs in the midst of a document, and has it give way to the last of four others.
    # It has more lists than the interpreter has at hand without telling the collector.
    document = json.dumps([{"a": [number]} for number in range(300)])
    others = [document.replace('"a"', f'"{letter}"') for letter in "wxyz"]
    assert document[len(document) // 2] != "a"  # they share a place
    thresholds, reads = gc.get_threshold(), 0

    def read(phase, _):
        nonlocal reads
        if phase == "stop":
            reads += 1
            for other in others:
                _swarm.json_loads(other)

    for _ in range(5):
        for _ in range(collected):
            assert _swarm.json_loads(document) == json.loads(document)
        gc.collect()
        gc.callbacks.append(read)
        gc.set_threshold(threshold)
        try:
            value = _swarm.json_loads(document)
        finally:
            gc.set_threshold(*thresholds)
            gc.callbacks.remove(read)
        assert value == json.loads(document)
        for other in reversed(others):
            assert _swarm.json_loads(other) == json.loads(other)
    assert reads or threshold > 7


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    pass


NESTED = {"deep": 1}
for _ in range(300):
    NESTED = {"deep": NESTED}

VALUES = [
    None, True, 0, -5, 2**70, 1.5, 1e22, 1e-7, -0.0, 123456789012345680.0, "", "plain", "\u00fc\n\"\\\x7f\x00/",
    "\U0001f600 \ud800", "\u2028", [], {}, (), (1, "a"), {"a": [1, {"b": None}]}, {"\u00fc": "\u2603"}, {1: 2},
    {None: 1, True: 2, 1.5: 3}, Number.ONE, Text("text"), OrderedDict(b=1, a=2), NESTED,
    [[], {}, ""], {"a": Text("x")}, [Number.ONE],
]


def sent_json(client, server, value):
    client.post("/echo", json=value)
    return server.take()[-1].partition(b"\r\n\r\n")[2].decode()


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
def test_writes_as_python_does(client, fast, server, value):
    if value is None:
        return
    assert sent_json(client, server, value) == json.dumps(value)
    assert sent_json(fast, server, value) == json.dumps(value)


def test_writes_many_values_as_python_does(client, server):
    documents = Documents(seed=2)
    for _ in range(300):
        value = documents.object(0)
        assert sent_json(client, server, value) == json.dumps(value)


@pytest.mark.parametrize("value", [float("inf"), [float("nan")], {"a": {1, 2}}, [object()]])
def test_refuses_what_python_refuses(client, reported, value):
    try:
        json.dumps(value, allow_nan=False)
    except TypeError as expected:
        with pytest.raises(TypeError, match=str(expected)):
            client.post("/", json=value)
    except ValueError as expected:
        assert client.post("/", json=value).status_code == 0
        assert type(reported[0]["exception"]).__name__ == "InvalidJSONError"
        assert str(reported[0]["exception"]) == str(expected)


# In an interpreter of its own: how many arenas come and go depends on what else is in them.
DOCUMENTS_COME_AND_GO = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
import locust, _swarm
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
document = json.dumps([{"id": i, "price": i / 8, "name": f"item {i}"} for i in range(300)])
for turn in range(12):
    if turn == 4:
        before = faults()
    documents = [_swarm.json_loads(document) for _ in range(300)]
    del documents
print((faults() - before) // 8)
"""


@pytest.mark.skipif("PYTHONMALLOC" in os.environ, reason="small objects are not in arenas")
def test_memory_of_documents_is_used_again():
    folder = os.path.dirname(_swarm.__file__)
    told = subprocess.run([sys.executable, "-c", DOCUMENTS_COME_AND_GO, folder], capture_output=True,
                          text=True, check=True).stdout
    # Sixteen MiB a turn: anew from the kernel they are 4,096 faults.
    assert int(told) < 400


DOCUMENTS_GO = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import locust, _swarm
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
document = json.dumps([{"id": i, "price": i / 8, "name": f"item {i}"} for i in range(300)])
before = resident()
for turn in range(2):
    documents = [_swarm.json_loads(document) for _ in range(4000)]
    most = resident()
    del documents
print(most - before, resident() - before)
"""


@pytest.mark.skipif("PYTHONMALLOC" in os.environ, reason="small objects are not in arenas")
def test_memory_of_documents_goes_back_to_the_system():
    folder = os.path.dirname(_swarm.__file__)
    told = subprocess.run([sys.executable, "-c", DOCUMENTS_GO, folder], capture_output=True,
                          text=True, check=True).stdout
    most, left = map(int, told.split())
    assert most > 100 << 20
    assert left < most / 3
