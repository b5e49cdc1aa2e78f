#!/usr/bin/python3
"""Runs locustfiles under real Locusts and under swarm, and compares what arrived and what was said.

    compare.py [CASE...]            swarm against the expectations, as `make test` does
    compare.py --all [CASE...]      both Locusts and swarm, live; the newest Locust is the measure
    compare.py --record [CASE...]   writes expectations/CASE.json from both Locusts
    compare.py --mutants [CASE...]  the newest Locust with changed locustfiles: all must be found
    compare.py --show [CASE...]     what a program (--with newest|debian|swarm) did, in full

Exit code 1 if anything differs that should not. tests/peers installs the Locusts; a program that
cannot be run is named as skipped.
"""

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path

from cases import CASES, Case
from differences import differences, unexpected
from mutants import MUTANTS, Mutant
from outcome import Outcome, as_json, from_json, run_case
from programs import (DEBIAN, HERE, NEWEST, Program, RunFailed, debian_locust, newest_locust, swarm,
                      why_not)

EXPECTATIONS = HERE / "expectations"
PROGRAMS = {"newest": newest_locust(), "debian": debian_locust(), "swarm": swarm()}


def expectation(case: Case) -> dict:
    return json.loads((EXPECTATIONS / f"{case.name}.json").read_text())


def expected(case: Case) -> Outcome:
    """What the newest Locust did when it was recorded."""
    return from_json(expectation(case)["newest"])


def record(case: Case) -> list[str]:
    """Writes the file of expectations; gives how the two Locusts differ."""
    newest, debian = run_case(case, PROGRAMS["newest"]), run_case(case, PROGRAMS["debian"])
    found = differences(case, newest, debian)
    kept = {
        "locustfile": case.file,
        "arguments": " ".join(case.words()),
        "newest_version": NEWEST,
        "debian_version": DEBIAN,
        "newest": as_json(case, newest),
        "debian_differs": found,
    }
    EXPECTATIONS.mkdir(exist_ok=True)
    (EXPECTATIONS / f"{case.name}.json").write_text(as_text(kept))
    return [f"{DEBIAN} differs: {line}" for line in found]


def as_text(value: object) -> str:
    """JSON with a line for each text, and lists of numbers on one."""
    def on_one_line(match: re.Match) -> str:
        return f"[{' '.join(match[1].split())}]"

    return re.sub(r"\[\s+(\d+(?:,\s+\d+)*)\s+\]", on_one_line,
                  json.dumps(value, indent=1, ensure_ascii=False)) + "\n"


def against_expectations(case: Case) -> list[str]:
    """How swarm differs from them, but for what is meant to differ."""
    return unexpected(case, differences(case, expected(case), run_case(case, PROGRAMS["swarm"])))


def compare_live(case: Case, programs: list[Program]) -> list[str]:
    """How programs differ from the newest Locust, but for what is known."""
    outcomes = {program: run_case(case, program) for program in programs}
    reference = outcomes.pop(PROGRAMS["newest"], None) or expected(case)
    lines = []
    for program, outcome in outcomes.items():
        found = differences(case, reference, outcome)
        if program is PROGRAMS["swarm"]:
            found = unexpected(case, found)
        else:
            known = expectation(case)["debian_differs"]
            found = [line for line in found if line not in known]
        lines += [f"{program.name}: {line}" for line in found]
    return lines


def find_mutant(mutant: Mutant) -> list[str]:
    """How the newest Locust with a changed locustfile differs from what is expected."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / mutant.case.file
        file.write_text(mutant.text())
        try:
            return differences(mutant.case, expected(mutant.case),
                               run_case(mutant.case, PROGRAMS["newest"], file))
        except RunFailed as e:
            return [str(e).partition("\n")[0]]


def show(case: Case, program: Program) -> None:
    outcome = run_case(case, program)
    print(as_text(as_json(case, outcome)), outcome.report.stderr, sep="\n")


def runnable(names: list[str]) -> list[Program]:
    found = []
    for name in names:
        if reason := why_not(PROGRAMS[name]):
            print(f"skipped: {PROGRAMS[name].name}: {reason}")
        else:
            found.append(PROGRAMS[name])
    return found


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    what = parser.add_mutually_exclusive_group()
    for each in ("all", "record", "mutants", "show"):
        what.add_argument(f"--{each}", action="store_true")
    parser.add_argument("--with", dest="program", choices=PROGRAMS, default="swarm")
    options = parser.parse_args()
    known = [case.name for case in CASES]
    if unknown := set(options.cases) - set(known):
        parser.error(f"no case {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return options


def main() -> int:
    options = parse()
    cases = [case for case in CASES if not options.cases or case.name in options.cases]
    needed = (list(PROGRAMS) if options.all else ["newest", "debian"] if options.record
              else ["newest"] if options.mutants else [options.program])
    programs = runnable(needed)
    if not programs or len(programs) < len(needed) and not options.all:
        return 1

    failed = 0
    if options.mutants:
        for mutant in MUTANTS:
            if mutant.case in cases:
                found = find_mutant(mutant)
                failed += not found
                print(f"{mutant}\n  {found[0] if found else 'NOT FOUND'}", flush=True)
        return 1 if failed else 0
    for case in cases:
        if options.show:
            show(case, programs[0])
            continue
        try:
            lines = (record(case) if options.record else compare_live(case, programs) if options.all
                     else against_expectations(case))
        except RunFailed as e:
            lines = [str(e)]
        failed += bool(lines) and not options.record
        print("\n  ".join([f"{case.name}: {len(lines)} differences" if lines else f"{case.name}: the same",
                           *lines]), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
