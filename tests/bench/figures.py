"""The figures that no slope gives: memory a waiting user, time to the first request, the recorder."""

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

FEW_USERS, MANY_USERS = 10_000, 110_000


def bytes_per_waiting_user(swarm: Path, build: Path, core: int) -> float:
    """The slope of the resident size between 10,000 and 110,000 users that only wait."""
    scenario = build / "scenarios/waiting.so"
    few, many = (resident_bytes(swarm, scenario, users, core) for users in (FEW_USERS, MANY_USERS))
    return (many - few) / (MANY_USERS - FEW_USERS)


def resident_bytes(swarm: Path, scenario: Path, users: int, core: int,
                   host: str = "http://127.0.0.1:1", environment: dict | None = None) -> int:
    """Once all users are there and what they do at first is done."""
    command = [str(swarm), "-f", str(scenario), "--headless",
               "--only-summary", "-u", str(users), "-r", str(users), "-t", "5m", "-H", host]
    with tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=err, env=os.environ | (environment or {}),
                                   preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        try:
            return settled_size(process, err, give_up=time.monotonic() + 60)
        finally:
            process.kill()
            process.wait()


def settled_size(process, err, give_up: float) -> int:
    """VmRSS once all users are there and it has not changed for a second."""
    size, since = 0, time.monotonic()
    while time.monotonic() < give_up:
        time.sleep(0.1)
        # What tells that all users are there; offsets are shared with the program, so pread.
        said = os.pread(err.fileno(), 1 << 20, 0).decode(errors="replace")
        if process.poll() is not None:
            raise RuntimeError(f"swarm ended: {said[-500:]}")
        now = int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1])
        if now != size or "All users spawned" not in said:
            size, since = now, time.monotonic()
        elif time.monotonic() - since > 1:
            return size * 1024
    raise RuntimeError(f"swarm did not hatch its users within a minute: {said[-500:]}")


def seconds_to_first_request(swarm: Path, scenario: Path, core: int, times: int = 10) -> float:
    """From before the program is executed to the first bytes of a request; the median.

    The first start is not counted: it may read the program from the disk.
    """
    return statistics.median([one_start(swarm, scenario, core) for _ in range(times + 1)][1:])


def one_start(swarm: Path, scenario: Path, core: int) -> float:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        command = [str(swarm), "-f", str(scenario), "--headless",
                   "--only-summary", "-u", "1", "-r", "1", "-t", "10s",
                   "-H", f"http://127.0.0.1:{listener.getsockname()[1]}"]
        started = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        try:
            connection, _ = listener.accept()
            connection.settimeout(10)
            connection.recv(1)
            ended = time.monotonic()
            connection.close()
        finally:
            process.kill()
            process.wait()
    return ended - started


def recorder_nanoseconds(build: Path, core: int) -> dict[str, float]:
    """The median of each micro-benchmark of the recorder, by its name; empty: it is not built."""
    program = build / "tests/bench/recorder_bench"
    if not program.exists():
        return {}
    done = subprocess.run(
        [program, "--benchmark_format=json", "--benchmark_repetitions=5",
         "--benchmark_report_aggregates_only=true"],
        capture_output=True, text=True, check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    scale = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    return {row["run_name"]: row["cpu_time"] * scale[row["time_unit"]]
            for row in json.loads(done.stdout)["benchmarks"]
            if row.get("aggregate_name") == "median"}


def machine() -> dict[str, str]:
    """What the numbers were made on and with."""
    lines = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.+)", lines)
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    release = re.search(r'PRETTY_NAME="(.+)"', Path("/etc/os-release").read_text())
    virtual = " (a virtual machine)" if " hypervisor" in lines else ""
    return {
        "processor": f"{model[1] if model else 'unknown'}, {os.cpu_count()} cores{virtual}",
        "memory": f"{memory / 2**20:.1f} GiB",
        "kernel": f"{os.uname().release}, TCP congestion control "
                  + Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip(),
        "system": release[1] if release else "unknown",
    }


def version_of(command: list[str]) -> str:
    """The first thing in a program's account of itself that looks like a version."""
    if not shutil.which(command[0]):
        return "not installed"
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    found = re.search(r"\d+\.\d+(?:\.\d+)?", done.stdout + done.stderr)
    return found[0] if found else "unknown"
