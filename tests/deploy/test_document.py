"""docs/deploying.md says what is so: its options are there, its files parse, and each line that it explains
is one that swarm prints."""

import os
import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "deploying.md").read_text()
SWARM = os.environ.get("SWARM_BIN", str(ROOT / "build" / "release" / "swarm"))


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_its_files_parse():
    jobs = [yaml.safe_load(block) for block in blocks("yaml")]
    assert {"jobs", "load"} == {key for job in jobs for key in job}


def test_every_option_of_swarm_is_one():
    known = set(re.findall(r"--[a-z-]+", subprocess.run([SWARM, "--help"], capture_output=True, text=True,
                                                        check=True).stdout))
    commands = [line for block in blocks("sh") + blocks("yaml")
                for line in block.replace("\\\n", " ").splitlines()
                if re.match(r"\s*(- )?(swarm -|-f |--csv )", line) or " swarm -f " in line]
    used = {word for line in commands for word in re.findall(r"--[a-z-]+", line.split("swarm -f ")[-1])}
    assert {"--headless", "--processes", "--csv", "--html"} <= used
    assert used <= known, used - known


def test_every_path_and_target_of_make_is_there():
    for path in re.findall(r"(?<![\w./-])((?:deploy|docs|tests)/[\w./-]*\w)", TEXT):
        assert (ROOT / path).exists(), path
    made = set(re.findall(r"make ([a-z-]+)", TEXT)) - {"it"}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"deb", "install"} <= made & targets


def test_every_line_that_it_explains_is_printed():
    sources = " ".join(path.read_text() for folder in ("cli", "common", "master", "proto", "worker")
                       for path in (ROOT / folder).rglob("*.cpp"))
    printed = re.sub(r"\"\s*\n?\s*\"", "", sources)  # literals side by side are one
    printed = re.sub(r"\{(:[\w.]*)?\}", "", printed)  # what fmt fills in
    table = TEXT.split("## What it says")[1]
    rows = [row for row in re.findall(r"^\| `(.+?)`(?: and .*?)? \|", table, re.MULTILINE)]
    assert len(rows) > 12
    for row in rows:
        # Between what is different each time.
        pieces = [piece.strip() for piece in re.split(r"…|\d+(?: of \d+)?(?: %| s\b|s\b)?", row)]
        unknown = [piece for piece in pieces if re.search(r"\w", piece) and piece not in printed]
        assert not unknown, f"{row!r}: nobody prints {unknown}"
