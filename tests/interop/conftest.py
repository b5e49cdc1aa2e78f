"""Fleets of swarm's and Locust's processes: see README.md."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "interop"), str(TESTS / "locustfiles"), str(TESTS / "e2e")]
