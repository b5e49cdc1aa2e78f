"""A compose file as its own parser reads it, and its services as containers."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml
from containers import Container, bind, tmpfs

ROOT = Path(__file__).resolve().parents[2]
# Whatever else stands in a service would not be tried, and is not there.
KNOWN = {"build", "cap_drop", "command", "environment", "image", "ports", "read_only", "security_opt",
         "stop_grace_period", "tmpfs", "ulimits", "user", "volumes", "networks", "entrypoint"}


def parser():
    """The command line of Docker's plugin if it is there, else of Debian's docker-compose."""
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True).returncode == 0:
        return [docker, "compose"]
    return [shutil.which("docker-compose") or "docker-compose"]


def config(**variables):
    """The services, with what the shell sets."""
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("SWARM_", "LOCUST"))}
    done = subprocess.run([*parser(), "-f", ROOT / "docker-compose.yml", "config"], text=True,
                          capture_output=True, cwd=ROOT, env=surroundings | variables)
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)["services"]


def mounts_of(service):
    for each in service.get("tmpfs", []):
        path, _, options = each.partition(":")
        # What an engine has unless it is told otherwise.
        chosen = options.split(",") if options else []
        plain = ["nosuid", "nodev"] + ([] if "exec" in chosen else ["noexec"])
        yield tmpfs(path, ",".join(plain + chosen))
    for each in service.get("volumes", []):
        if isinstance(each, dict):
            yield bind(each["source"], each["target"], each.get("read_only", False))
        else:
            source, target, *options = each.split(":")
            yield bind(source, target, "ro" in options)


def nofile_of(service):
    wanted = service.get("ulimits", {}).get("nofile", 0)
    wanted = wanted["soft"] if isinstance(wanted, dict) else wanted
    # An engine runs with the machine's highest; a test has what it has.
    hard = int(re.search(r"Max open files\s+\d+\s+(\d+)", Path("/proc/self/limits").read_text())[1])
    return min(wanted, hard)


def container_of(service, image):
    unknown = set(service) - KNOWN
    assert not unknown, f"the test does not know {unknown}"
    uid, gid = map(int, service.get("user", image.user).split(":"))
    environment = {k: str(v) for k, v in (service.get("environment") or {}).items() if v is not None}
    return Container(
        words=(service.get("entrypoint") or image.entrypoint) + (service.get("command") or []),
        environment=image.environment | {"HOME": "/home/locust"} | environment,
        folder=image.folder, uid=uid, gid=gid,
        read_only=service.get("read_only", False),
        drop_capabilities="ALL" in service.get("cap_drop", []),
        no_new_privileges="no-new-privileges:true" in service.get("security_opt", []),
        nofile=nofile_of(service), mounts=list(mounts_of(service)))
