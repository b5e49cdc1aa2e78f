"""Results in a file, so that a bench of an hour can be done in parts."""

import dataclasses
import json
from pathlib import Path

from python_clients import Case
from python_figures import Figures
from python_targets import Results
from slope import Figure, PointResult
from truth.levels import Reading


def load(file: Path) -> Results:
    """What was measured before; nothing if there is no such file."""
    if not file.exists():
        return Results()
    said = json.loads(file.read_text())
    points = [PointResult(Case.parse(p["point"]),
                          [{client: Figure(**f) for client, f in r.items()} for r in p["rounds"]],
                          p["failures"]) for p in said["points"]]
    return Results(points, Figures(**said["figures"]), [Reading(**r) for r in said["truth"]])


def save(results: Results, file: Path):
    points = [{"point": str(r.point), "failures": r.failures,
               "rounds": [{client: dataclasses.asdict(f) for client, f in figures.items()}
                          for figures in r.rounds]} for r in results.points]
    file.write_text(json.dumps({
        "points": points, "figures": dataclasses.asdict(results.figures),
        "truth": [dataclasses.asdict(r) for r in results.truth]}, indent=1) + "\n")
