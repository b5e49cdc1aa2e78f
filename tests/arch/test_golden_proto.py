"""The recorded bytes of the wire: Python packs them like that, and proto/README.md shows them."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "proto"


@pytest.mark.parametrize("script", ["codec.py", "swarm.py"])
def test_recorded_bytes_are_what_python_reads_and_writes(script):
    pytest.importorskip("msgpack")
    done = subprocess.run(["/usr/bin/python3", GOLDEN / script, "--check"], text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stderr


def examples(page):
    """Every envelope in a code block: digits in hexadecimal; indented lines continue one."""
    for block in re.findall(r"^```\n(.*?)^```", page, re.M | re.S):
        packed = ""
        for line in block.splitlines():
            digits = "".join(re.findall(r"(?<!\S)[0-9a-f]{2,}(?!\S)", line))
            if line.startswith("  "):
                packed += digits
                continue
            yield packed
            packed = digits
        yield packed


def test_examples_of_the_page_are_recorded():
    recorded = {line.split()[2] for line in (GOLDEN / "swarm.txt").read_text().splitlines()}
    recorded |= {sample.get("hex") for sample in json.loads((GOLDEN / "codec.json").read_text())}
    shown = {text for text in examples((ROOT / "proto" / "README.md").read_text())
             if text.startswith("93") and len(text) > 10}
    assert shown <= recorded
    messages = (GOLDEN / "swarm.txt").read_text().splitlines()
    kinds = {tuple(line.split()[:2]) for line in messages}
    kinds_shown = {tuple(line.split()[:2]) for line in messages if line.split()[2] in shown}
    assert kinds_shown == kinds
