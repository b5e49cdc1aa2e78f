"""Containers without an engine: processes in network namespaces with addresses of their own, in a root
file system with mounts, users and limits as a compose file or a manifest has them."""

import json
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIMIT_S = 60  # for what should take an instant, on a busy machine
NETWORK = "10.77.0"


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True, capture_output=True, text=True)


@dataclass
class Container:
    """What an engine is asked for."""

    words: list
    environment: dict
    folder: str = "/"
    uid: int = 0
    gid: int = 0
    groups: list = field(default_factory=list)
    read_only: bool = False
    drop_capabilities: bool = False
    no_new_privileges: bool = False
    seccomp: bool = True  # the engine's default profile
    nofile: int = 0
    mounts: list = field(default_factory=list)


def bind(source, target, read_only):
    return {"source": str(source), "target": target, "read_only": read_only}


def tmpfs(target, options="mode=1777"):
    return {"source": None, "target": target, "options": options}


@dataclass
class Root:
    """An image's file system: a folder, or layers with the lowest last. `hidden` folders are not its."""

    folder: Path
    layers: list = field(default_factory=list)
    hidden: list = field(default_factory=list)


class Process:
    """One container that runs; what it writes is kept in files."""

    def __init__(self, place, container, root):
        self.place, self.container, self.root = place, container, root
        self.folder = Path(tempfile.mkdtemp(prefix="container-", dir=place.network.folder))
        (self.folder / "scratch").mkdir()
        self.environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOSTNAME": place.name} | container.environment
        spec = vars(container) | {
            "root": str(root.folder), "layers": [str(layer) for layer in root.layers],
            "hidden": root.hidden, "scratch": str(self.folder / "scratch"),
            "files": {str(place.network.hosts): "/etc/hosts"}, "environment": self.environment}
        (self.folder / "spec.json").write_text(json.dumps(spec))
        with open(self.folder / "out", "w") as out, open(self.folder / "err", "w") as err:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", place.namespace, "/usr/bin/python3", HERE / "launch.py",
                 self.folder / "spec.json"], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        place.network.processes.append(self)

    @property
    def out(self):
        return (self.folder / "out").read_text()

    @property
    def log(self):
        return (self.folder / "err").read_text(errors="replace")

    def says(self, pattern, times=1, limit_s=LIMIT_S):
        """Waits until the log matches; returns the last match."""
        end = time.monotonic() + limit_s
        while len(found := list(re.finditer(pattern, self.log, re.MULTILINE))) < times:
            assert self.process.poll() is None, f"{self.place.name} ended:\n{self.log[-3000:]}"
            assert time.monotonic() < end, f"{self.place.name}: no {pattern!r}:\n{self.log[-3000:]}"
            time.sleep(0.05)
        return found[-1]

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, limit_s=LIMIT_S):
        return self.process.wait(limit_s)

    def is_running(self):
        return self.process.poll() is None

    def check(self, words):
        """A command in the same container, as a health check is run; returns its exit code."""
        launcher = self.process.pid
        first = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()[0]
        return subprocess.run(
            ["nsenter", "--target", first, "--mount", "--net", "--pid", "--root", "--wd",
             "--setuid", str(self.container.uid), "--setgid", str(self.container.gid), *words],
            env=self.environment, stdin=subprocess.DEVNULL).returncode

    def stop(self):
        if self.is_running():
            self.process.kill()
        self.process.wait()


class Place:
    """A host with one address, in a network namespace: what a pod or a container is to others."""

    def __init__(self, network, name, number):
        self.network, self.name, self.address = network, name, f"{NETWORK}.{number}"
        self.namespace = f"{network.prefix}-{number}"
        self.wire = f"w{number}"
        ip("netns", "add", self.namespace)
        ip("-n", network.hub, "link", "add", self.wire, "type", "veth", "peer", "name", "eth0",
           "netns", self.namespace)
        ip("-n", network.hub, "link", "set", self.wire, "master", "bridge", "up")
        ip("-n", self.namespace, "address", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", self.namespace, "link", "set", device, "up")

    def run(self, container, root):
        return Process(self, container, root)

    def cut(self):
        """Nothing reaches it any more, and nothing comes from it."""
        ip("-n", self.network.hub, "link", "set", self.wire, "down")

    def get(self, url):
        """A GET from here; returns the code and the body, or None if nobody answers."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.namespace, "/usr/bin/python3", "-c",
             "import sys, urllib.request as r; a = r.urlopen(sys.argv[1], timeout=5); "
             "print(a.status); print(a.read().decode())", url], capture_output=True, text=True)
        if done.returncode != 0:
            return None
        code, _, body = done.stdout.partition("\n")
        return int(code), body


class Network:
    """Places on one wire, which know each other's names as soon as those are told."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.prefix = f"swarm{os.getpid()}"
        self.hub = f"{self.prefix}-hub"
        self.places, self.processes = [], []
        self.hosts = self.folder / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n")
        ip("netns", "add", self.hub)
        ip("-n", self.hub, "link", "add", "bridge", "type", "bridge")
        ip("-n", self.hub, "link", "set", "bridge", "up")

    def place(self, name):
        self.places.append(Place(self, name, len(self.places) + 1))
        return self.places[-1]

    def tell(self, name, place):
        """From now on the name is that place's. (Written in place: containers have this file.)"""
        lines = [line for line in self.hosts.read_text().splitlines() if line.split()[-1] != name]
        self.hosts.write_text("\n".join([*lines, f"{place.address} {name}"]) + "\n")

    def close(self):
        for process in self.processes:
            process.stop()
        for namespace in [place.namespace for place in self.places] + [self.hub]:
            subprocess.run(["ip", "netns", "delete", namespace], capture_output=True)


def wait_until(condition, what, limit_s=LIMIT_S):
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)
