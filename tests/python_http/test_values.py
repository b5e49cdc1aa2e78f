"""What custom messages carry comes back from the engine as it was, or is refused in clear words."""

import subprocess

from conftest import HERE, PROGRAM

FILE = str(HERE / "locustfiles" / "values.py")
LIMIT_S = 60


def test_values_travel():
    run = subprocess.run([str(PROGRAM), "-f", FILE, "--headless", "--only-summary"],
                         capture_output=True, text=True, timeout=LIMIT_S)
    assert "ALL ARRIVED 536" in run.stdout, run.stderr
    assert run.returncode == 0, run.stderr
