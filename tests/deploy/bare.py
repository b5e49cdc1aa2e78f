"""A bare Debian, made by debootstrap, and a Dockerfile's steps carried out in it as they stand: each
stage is a folder, each RUN a process with that folder as its root."""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import dockerfile

ROOT = dockerfile.ROOT
HERE = Path(__file__).resolve().parent
# Kept between runs; half a gigabyte for each stage.
FOLDER = Path(os.environ.get("SWARM_BARE", ROOT / "build" / "bare"))
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What surrounds a build here: who vouches for the package sources, as an engine's host would.
SURROUNDINGS = {"NODE_EXTRA_CA_CERTS": "/run/certificates", "PIP_CERT": "/run/certificates"}


def debian():
    """The file system of the smallest Debian 12 there is."""
    root = FOLDER / "debian"
    if not root.exists():
        half = FOLDER / "debian.half"
        shutil.rmtree(half, ignore_errors=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", half], check=True,
                       stdout=subprocess.DEVNULL)
        half.rename(root)
    return root


def copy_of(root, name):
    """A fresh one under that name."""
    copy = FOLDER / name
    shutil.rmtree(copy, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", root, copy], check=True)
    return copy


def run(root, words, environment=None, folder="/", user="0:0", mounts=(), **settings):
    """A process with this root, by launch.py: the machine's network, its own mounts."""
    files = {"/etc/resolv.conf": "/etc/resolv.conf"}
    if CERTIFICATES.exists():
        files[str(CERTIFICATES)] = "/run/certificates"
    uid, gid = map(int, user.split(":"))
    spec = {"root": str(root), "layers": [], "hidden": [], "scratch": None, "files": files,
            "mounts": list(mounts), "read_only": False, "nofile": 0, "drop_capabilities": False,
            "groups": [], "uid": uid, "gid": gid, "no_new_privileges": False, "seccomp": False,
            "folder": folder, "words": words,
            "environment": {"PATH": PATH, "HOME": "/root" if uid == 0 else "/home/locust",
                            "DEBIAN_FRONTEND": "noninteractive"} | SURROUNDINGS | (environment or {})}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(spec, file)
        file.flush()
        return subprocess.run(["unshare", "--mount", "/usr/bin/python3", HERE / "launch.py", file.name],
                              stdin=subprocess.DEVNULL, text=True, **settings)


def ignored(path, patterns):
    """As .dockerignore means it, for the patterns that ours has."""
    for pattern in patterns:
        if pattern.startswith("**/"):
            if any(fnmatch.fnmatch(part, pattern[3:]) for part in path.parts):
                return True
        elif fnmatch.fnmatch(str(path), pattern) or fnmatch.fnmatch(str(path), f"{pattern}/*"):
            return True
    return False


def copy_context(sources, target):
    patterns = (ROOT / ".dockerignore").read_text().split()
    several = len(sources) > 1 or (ROOT / sources[0]).is_dir()
    for source in sources:
        start = ROOT / source
        if start.is_file():
            place = target / start.name if several else target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(start, place)
            continue
        for folder, folders, names in os.walk(start):
            here = Path(folder).relative_to(ROOT)
            folders[:] = [name for name in folders if not ignored(here / name, patterns)]
            for name in names:
                if ignored(here / name, patterns):
                    continue
                place = target / Path(folder).relative_to(start) / name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(Path(folder, name), place, follow_symlinks=False)


class Build:
    """The stages of a Dockerfile, each built once when it is asked for."""

    def __init__(self, log=None):
        self.stages = dockerfile.read()
        self.roots = {}
        self.log = log

    def root(self, name):
        if name not in self.roots:
            stage = self.stages[name]
            base = self.root(stage.base) if stage.base in self.stages else debian()
            self.roots[name] = copy_of(base, f"stage-{name}")
            self.carry_out(stage)
        return self.roots[name]

    def carry_out(self, stage):
        inherited = dockerfile.image_of(self.stages, stage.base) if stage.base in self.stages \
            else dockerfile.Image()
        state = {"environment": dict(inherited.environment), "folder": inherited.folder,
                 "user": inherited.user}
        arguments = {}
        for word, rest in stage.steps:
            if word == "ARG":
                key, _, value = rest.partition("=")
                arguments[key] = value
            elif word == "ENV":
                state["environment"] |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            elif word == "WORKDIR":
                state["folder"] = rest
                (self.roots[stage.name] / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            elif word == "USER":
                state["user"] = rest
            elif word == "COPY":
                self.copy(stage.name, rest, state["folder"])
            elif word == "RUN":
                self.run(stage.name, rest, arguments, state)

    def copy(self, name, rest, folder):
        words = shlex.split(rest)
        modes = [word.removeprefix("--chmod=") for word in words if word.startswith("--chmod=")]
        *sources, target = [word for word in words if not word.startswith("--")]
        place = self.roots[name] / os.path.join(folder, target).lstrip("/")
        copy_context(sources, place)
        if modes:
            place.chmod(int(modes[0], 8))

    def run(self, name, rest, arguments, state):
        mounts = []
        while match := re.match(r"--mount=(\S+) ", rest):
            rest = rest[match.end():]
            asked = dict(pair.split("=", 1) for pair in match[1].split(","))
            if asked["type"] == "cache":
                source = FOLDER / "cache" / asked["target"].strip("/").replace("/", "-")
                source.mkdir(parents=True, exist_ok=True)
                mounts.append({"source": str(source), "target": asked["target"], "read_only": False})
            else:
                assert asked["type"] == "bind"
                source = self.root(asked["from"]) / asked["source"].lstrip("/")
                mounts.append({"source": str(source), "target": asked["target"], "read_only": True})
        done = run(self.roots[name], ["/bin/sh", "-c", rest], mounts=mounts, folder=state["folder"],
                   user=state["user"], environment=state["environment"] | arguments,
                   stdout=self.log, stderr=subprocess.STDOUT if self.log else None)
        assert done.returncode == 0, f"{name}: {rest} ended with code {done.returncode}"


def size(root):
    """In MB, of what is in files, without what apt fetched."""
    told = subprocess.run(["du", "-xsm", "--apparent-size", "--exclude=*/var/cache/apt/*",
                           "--exclude=*/var/lib/apt/lists/*", root], check=True, capture_output=True, text=True)
    return int(told.stdout.split()[0])
