#!/usr/bin/python3
"""Prints what the architecture checks find in the tree, and fails if that is anything."""

import sys
from pathlib import Path

import arrows
import format as formatting
import libraries
import shape
import words
from tree import Tree

CHECKS = [*arrows.CHECKS, *libraries.CHECKS, *shape.CHECKS, *words.CHECKS, *formatting.CHECKS]

if __name__ == "__main__":
    repository = Tree(Path(__file__).resolve().parents[2])
    found = [line for check in CHECKS for line in check(repository)]
    print("\n".join(found) or "nothing to complain about")
    sys.exit(bool(found))
