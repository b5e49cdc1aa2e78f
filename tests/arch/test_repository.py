"""The checks, over this repository."""

from pathlib import Path

import pytest
from check import CHECKS
from format import check_format, usable
from tree import Tree

REPOSITORY = Tree(Path(__file__).resolve().parents[2])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_repository(check):
    if check is check_format and not usable():
        pytest.skip("needs clang-format 14")
    found = list(check(REPOSITORY))
    assert not found, "\n" + "\n".join(found)


def test_something_is_checked():
    # A reader that finds nothing has nothing to complain about.
    assert {"common", "proto"} <= set(REPOSITORY.modules)
    assert {"common", "proto"} <= set(REPOSITORY.table)
    assert "common/clock.h" in REPOSITORY.module_files
