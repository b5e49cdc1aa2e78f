"""The metrics that a run shows, as recorded in tests/golden/metrics: Prometheus' own tools take
them, and the dashboard asks for nothing that is not there."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "metrics"
PROMTOOL = shutil.which("promtool")


def names_of(text):
    """Of all samples."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {re.match(r"\w+", line)[0] for line in lines}


@pytest.mark.skipif(not PROMTOOL, reason="promtool is not installed: apt-get install prometheus")
def test_promtool_takes_them():
    with open(GOLDEN / "text.txt") as text:
        done = subprocess.run([PROMTOOL, "check", "metrics"], stdin=text, text=True,
                              capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stdout + done.stderr


@pytest.mark.skipif(not PROMTOOL, reason="promtool is not installed: apt-get install prometheus")
def test_promtool_takes_the_example_of_a_configuration():
    done = subprocess.run([PROMTOOL, "check", "config", ROOT / "deploy/prometheus/prometheus.yml"],
                          text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_reference_parser_takes_them_as_openmetrics():
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    families = list(parser.text_string_to_metric_families((GOLDEN / "openmetrics.txt").read_text()))
    assert {f.type for f in families} == {"counter", "gauge", "histogram", "stateset"}


def test_openmetrics_names_counters_and_units_by_its_rules():
    text = (GOLDEN / "openmetrics.txt").read_text()
    assert text.endswith("\n# EOF\n") and text.count("# EOF") == 1
    types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
    for name, unit in re.findall(r"^# UNIT (\w+) (\w+)$", text, re.M):
        assert name.endswith("_" + unit)
    families = re.split(r"^(?=# TYPE )", text, flags=re.M)[1:]
    assert len(families) == len(types), "a family comes twice"
    for family in families:
        name, kind = re.match(r"# TYPE (\w+) (\w+)", family).groups()
        assert f"# HELP {name} " in family
        suffixes = {"counter": {"_total"}, "histogram": {"_bucket", "_sum", "_count"}}
        expected = {name + suffix for suffix in suffixes.get(kind, {""})}
        assert names_of(family.replace("# EOF", "")) <= expected


def test_the_dashboard_asks_for_metrics_that_are_there():
    there = names_of((GOLDEN / "text.txt").read_text())
    dashboard = json.loads((ROOT / "deploy/grafana/swarm.json").read_text())
    asked = set()
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            asked |= set(re.findall(r"\bswarm_\w+", target["expr"]))
    for variable in dashboard["templating"]["list"]:
        asked |= set(re.findall(r"\bswarm_\w+", variable["query"]))
    assert asked and asked <= there, asked - there
    assert there - asked <= {"swarm_run_state", "swarm_run_start_time_seconds",
                             "swarm_worker_lost_intervals_total", "swarm_send_lag_seconds_sum",
                             "swarm_send_lag_seconds_count"}
