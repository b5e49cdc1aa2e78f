#!/usr/bin/python3
"""clang-format over all C++ sources. As a program: lists the files that differ, or with --fix
formats them."""

import subprocess
import sys
from pathlib import Path

from tree import Tree

# Versions format differently; this is the distribution's.
VERSION = "version 14."


def sources(tree):
    return [f for f in tree.files if f.endswith((".h", ".cpp"))]


def usable():
    try:
        told = subprocess.run(["clang-format", "--version"], capture_output=True, text=True)
    except FileNotFoundError:
        return False
    return VERSION in told.stdout


def check_format(tree):
    files = sources(tree)
    if not files:
        return
    told = subprocess.run(["clang-format", "--dry-run", *files], cwd=tree.root,
                          capture_output=True, text=True)
    if told.returncode:
        yield f"clang-format: {told.stderr.strip()}"
        return
    differing = {line.split(":")[0] for line in told.stderr.splitlines()
                 if "[-Wclang-format-violations]" in line}
    for path in sorted(differing):
        yield f"{path}: not as clang-format wants it: make format"


CHECKS = (check_format,)

if __name__ == "__main__":
    repository = Tree(Path(__file__).resolve().parents[2])
    if not usable():
        sys.exit(f"format: needs clang-format {VERSION.split()[1]}x")
    if "--fix" in sys.argv:
        subprocess.run(["clang-format", "-i", *sources(repository)], cwd=repository.root, check=True)
    else:
        found = list(check_format(repository))
        print("\n".join(found))
        sys.exit(bool(found))
