"""What `make run` does: the example, a locustfile, against a target of its own."""

import os
import re
import subprocess
from pathlib import Path

from support import LIMIT_S, REPOSITORY, swarm_program


def test_the_quickstart_runs_as_it_is():
    folder = Path(swarm_program()).resolve().parent
    done = subprocess.run([REPOSITORY / ".ci" / "quickstart", folder], capture_output=True, text=True,
                          timeout=LIMIT_S, env=os.environ | {"RUN_TIME": "2s"})
    assert done.returncode == 0, done.stderr
    last_table = done.stderr[done.stderr.index("Shutting down (exit code 0)"):]
    rows = dict(re.findall(r"GET +(A .+?) {2,}(\d+) ", last_table)[:2])
    assert rows.keys() == {"A 200 Status", "A Random HTTP Status"}
    assert sum(int(count) for count in rows.values()) >= 10
