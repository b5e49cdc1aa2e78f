"""The programs that are compared, and what one run of one of them said, in one form for all."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
LIMIT_S = 30
SHOWN = 3000  # characters of a failed run's output
DEBIAN = "2.12.1"
NEWEST = re.search(r"^locust==(.*)$", (REPOSITORY / "tests" / "peers.txt").read_text(), re.MULTILINE)[1]


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    version: tuple[str, ...]  # the command that tells it
    json: bool  # knows --json
    exceptions_in_log: bool  # else its final report has a section for them


def debian_locust() -> Program:
    # The packaged program does not know its own version.
    version = ("dpkg-query", "-W", "-f", "locust ${Version}", "python3-locust")
    return Program(f"locust {DEBIAN}", ("/usr/bin/python3", "-m", "locust"), version, False, True)


def newest_locust() -> Program:
    place = str(REPOSITORY / "build" / "peers" / f"locust-{NEWEST}" / "bin" / "locust")
    return Program(f"locust {NEWEST}", (place,), (place, "--version"), True, True)


def swarm() -> Program:
    place = str(Path(os.environ.get("SWARM_BIN", REPOSITORY / "build" / "release" / "swarm")).absolute())
    return Program("swarm", (place,), (place, "--version"), True, False)


def why_not(program: Program) -> str | None:
    """What keeps it from being run here; None if nothing does."""
    try:
        done = subprocess.run(program.version, capture_output=True, text=True, timeout=LIMIT_S)
    except FileNotFoundError:
        return f"{program.version[0]} is not there"
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    if program.name not in done.stdout:
        return f"it is {done.stdout.strip()}"
    return None


class RunFailed(Exception):
    """The program did not end, or said nothing that could be read. The first line says which."""


@dataclass
class Report:
    """What a program said about its run."""

    code: int
    entries: dict[str, list[int]]  # "METHOD name": [requests, failures]
    errors: Counter  # "METHOD name: text": occurrences
    exceptions: Counter  # "message | frames in the locustfile": occurrences
    printed: list[str]  # lines that the locustfile printed
    stderr: str = field(repr=False, default="")


def run(program: Program, file: Path, host: str, arguments: list[str], folder: Path,
        settings: dict[str, str] | None = None) -> Report:
    """Runs it headless, in an empty folder, to its end."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("LOCUST_", "SWARM_"))}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "*", "HOME": str(folder),
                    "TMPDIR": str(folder), **(settings or {})}
    words = [*program.command, "-f", str(file), "--headless", "--only-summary", "-H", host, *arguments]
    if program.json:
        words.append("--json")
    try:
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True,
                              timeout=LIMIT_S, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as e:
        said = (e.stderr or b"").decode()[-SHOWN:]
        raise RunFailed(f"{program.name} did not end within {LIMIT_S} s\n{said}") from e
    try:
        return read(program, file, done)
    except Exception as e:
        said = f"{done.stdout[-SHOWN:]}\n{done.stderr[-SHOWN:]}"
        raise RunFailed(f"{program.name}: {e}\nexit code {done.returncode}\n{said}") from e


def read(program: Program, file: Path, done: subprocess.CompletedProcess) -> Report:
    entries, printed = table(done.stderr), done.stdout.splitlines()
    if program.json:
        listed, printed = split_stdout(done.stdout)
        if program.name == "swarm" and listed != entries:  # Locust's table is of zeros beside --json
            raise ValueError(f"--json differs from the table: {listed} {entries}")
        entries = listed
    find_exceptions = logged_exceptions if program.exceptions_in_log else exceptions_section
    return Report(done.returncode, entries, error_report(done.stderr), find_exceptions(done.stderr, file),
                  printed, done.stderr)


def split_stdout(text: str) -> tuple[dict[str, list[int]], list[str]]:
    """The list of --json, and the lines around it."""
    match = re.search(r"^\[", text, re.MULTILINE)
    if not match:
        raise ValueError("no JSON")
    listed, end = json.JSONDecoder().raw_decode(text, match.start())
    entries = {f"{entry['method'] or ''} {entry['name']}": [entry["num_requests"], entry["num_failures"]]
               for entry in listed}
    return entries, (text[:match.start()] + text[end:].lstrip("\n")).splitlines()


def sections(text: str) -> dict[str, list[str]]:
    """The blocks of the final report by the first words of their heads, each without its rules."""
    found: dict[str, list[str]] = {}
    lines = iter(text.splitlines())
    for line in lines:
        for head in ("Type ", "Response time percentiles", "Error report", "Exceptions"):
            if line.startswith(head):
                block = []
                for row in lines:
                    if not row.strip() and head != "Exceptions":
                        break
                    block.append(row)
                found[head.strip()] = block
                break
    return found


ROW = re.compile(r"(\S*)\s+(.*?)\s+(\d+)\s+(\d+)\([\d.]+%\) \|")


def table(text: str) -> dict[str, list[int]]:
    if "Type" not in (found := sections(text)):
        raise ValueError("it printed no table")
    rows = (ROW.match(line) for line in found["Type"])
    return {f"{row[1]} {row[2]}": [int(row[3]), int(row[4])]
            for row in rows if row and (row[1], row[2]) != ("", "Aggregated")}


def error_report(text: str) -> Counter:
    """A text of several lines counts as one line: Locust's table breaks, swarm's shows it as \\n."""
    errors: Counter = Counter()
    lines = [line for line in sections(text).get("Error report", [])[1:] if not line.startswith("---")]
    for count, error in re.findall(r"^(\d+)\s{2,}(.*(?:\n(?!\d+\s{2,}).*)*)", "\n".join(lines), re.MULTILINE):
        errors[" ".join(error.replace("\\n", " ").split())] += int(count)
    return errors


CHAINED = re.compile(r"\n\n(?:During handling of|The above exception was).*\n\n")
FRAME = re.compile(r'\s*File "(.*)", line \d+, in (\w+)\n\s*(.*)')


def describe(message: str, traceback: str, file: Path) -> str:
    """The message, and where in the locustfile it came from; the rest is the program's own business."""
    traceback = CHAINED.split(traceback)[-1].partition("\n\n")[0]
    message = " ".join(message.split())  # tables show texts of several lines as one
    frames = [f"{where}: {line}" for path, where, line in FRAME.findall(traceback)
              if Path(path).name == file.name]
    return " | ".join([message, *frames])


def logged_exceptions(text: str, file: Path) -> Counter:
    """Locust logs each exception of a task: its message and its traceback."""
    found: Counter = Counter()
    pattern = (r"^\[[^]\n]*\] \S+/ERROR/locust\.user\.(?:task|users): (.*?)\n(Traceback .*?)"
               r"(?=^\[\d{4}-|^Type  |\Z)")
    for message, traceback in re.findall(pattern, text, re.MULTILINE | re.DOTALL):
        found[describe(message, traceback, file)] += 1
    return found


def exceptions_section(text: str, file: Path) -> Counter:
    """swarm's report has a section for them: the count and the message, then the traceback."""
    found: Counter = Counter()
    block = "\n".join(sections(text).get("Exceptions", []))
    pattern = r"^(\d+)\s{2,}(.*?)\n((?:\s.*\n)+)"
    for count, message, traceback in re.findall(pattern, block, re.MULTILINE):
        found[describe(message, traceback, file)] += int(count)
    return found


if __name__ == "__main__":
    for each in (debian_locust(), newest_locust(), swarm()):
        print(f"{each.name:16} {why_not(each) or 'can be run'}", file=sys.stderr)
