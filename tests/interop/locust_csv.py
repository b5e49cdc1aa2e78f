"""Run by a real Locust's interpreter: writes its CSV of recorded samples into a folder.

    locust_csv.py SAMPLES.json FOLDER
"""

import csv
import json
import sys
from pathlib import Path
from types import SimpleNamespace

from locust import stats as locust_stats
from locust.stats import PERCENTILES_TO_REPORT, RequestStats, StatsCSV, StatsCSVFileWriter

START = 1_000_000.0
EXCEPTION = {"count": 2, "msg": "ValueError('no, \"not\" this')",
             "traceback": "Traceback:\n  File \"x.py\"\n", "nodes": ["w1", "w2"]}


def recorded(samples):
    stats = RequestStats()
    moment = SimpleNamespace(time=lambda: moment.now)
    moment.now = START
    locust_stats.time = moment
    stats.reset_all()
    for sample in samples:
        moment.now = START + sample["ended_s"]
        entry = (sample["method"], sample["name"])
        stats.log_request(*entry, sample["took_ms"], sample["bytes"])
        if sample["error"]:
            stats.log_error(*entry, sample["error"])
    return stats


def write(path, fill):
    with open(path, "w", newline="") as file:
        fill(csv.writer(file))


def main():
    samples, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    runner = SimpleNamespace(exceptions={"1": EXCEPTION}, user_count=7)
    environment = SimpleNamespace(stats=recorded(samples), runner=runner)
    writer = StatsCSV(environment, PERCENTILES_TO_REPORT)
    write(folder / "requests.csv", writer.requests_csv)
    write(folder / "failures.csv", writer.failures_csv)
    write(folder / "exceptions.csv", writer.exceptions_csv)
    files = StatsCSVFileWriter(environment, PERCENTILES_TO_REPORT, str(folder / "run"))

    def history(to):
        to.writerow(files.stats_history_csv_columns)
        files._stats_history_data_rows(to, START + 41)
    write(folder / "history.csv", history)


main()
