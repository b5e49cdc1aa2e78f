"""What the JSON of 20 KB takes from its bytes to Python's objects, these freed again, in µs.

Prints {parser: µs} as JSON, the median of turns. Every document is another one; `pickle` reads the
same objects from Python's own format. Parsers that this interpreter does not have are left out.
Needs _swarm in PYTHONPATH.
"""

import importlib
import json
import pickle
import statistics
import time

import bodies

TURNS, DOCUMENTS = 25, 200


def inputs() -> list[bytes]:
    text = bodies.new_json_document(bodies.JSON_BYTES["json20k"])
    return [text.replace(bodies.ID, f"{number:032}").encode() for number in range(DOCUMENTS)]


def parsers(documents: list[bytes]) -> dict:
    """Name -> what it reads, and what reads it."""
    pickled = [pickle.dumps(json.loads(text), pickle.HIGHEST_PROTOCOL) for text in documents]
    found = {"json": (documents, json.loads), "pickle": (pickled, pickle.loads)}
    for name, module, function in (("swarm", "_swarm", "json_loads"), ("orjson", "orjson", "loads"),
                                   ("msgspec", "msgspec.json", "decode")):
        try:
            found[name] = documents, getattr(importlib.import_module(module), function)
        except ImportError:
            continue
    if "swarm" in found:
        found["swarm, a document that came before"] = documents[:1] * DOCUMENTS, found["swarm"][1]
    return found


def microseconds(texts: list[bytes], loads) -> float:
    started = time.perf_counter()
    for text in texts:
        loads(text)
    return (time.perf_counter() - started) / len(texts) * 1e6


def main():
    documents = inputs()
    found = parsers(documents)
    for name, (texts, loads) in found.items():
        if loads(texts[0]) != json.loads(documents[0]):
            raise SystemExit(f"{name} makes something else of it")
    turns = [{name: microseconds(*parser) for name, parser in found.items()} for _ in range(TURNS)]
    print(json.dumps({name: statistics.median(turn[name] for turn in turns) for name in found}))


if __name__ == "__main__":
    main()
