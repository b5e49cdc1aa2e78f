"""These tests run inside an interpreter whose gevent is on swarm's loop, and patched as locust does
it. The one that is built beside SWARM_BIN is tested, else that of the release build."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SWARM_BIN", ROOT / "build" / "release" / "swarm")).resolve().parent
sys.path.insert(0, str(BUILD / "python"))

import _swarm_gevent  # noqa: E402

_swarm_gevent.install()

from gevent import monkey  # noqa: E402

monkey.patch_all()

import gevent  # noqa: E402


@pytest.fixture(autouse=True)
def not_for_ever():
    with gevent.Timeout(300):
        yield


@pytest.fixture
def hub_errors():
    """What the hub was told of instead of printing it, as (context, exception) pairs."""
    hub, told = gevent.get_hub(), []
    hub.handle_error = lambda context, type, value, tb: told.append((context, value))
    yield told
    del hub.handle_error


@pytest.fixture(scope="session")
def build():
    return BUILD
