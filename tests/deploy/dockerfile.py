"""What a Dockerfile says: its stages, and the configuration of the image that a stage makes."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
KNOWN = {"ARG", "COPY", "RUN", "ENV", "WORKDIR", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK",
         "ENTRYPOINT"}


@dataclass
class Stage:
    name: str
    base: str
    steps: list = field(default_factory=list)  # (instruction, rest)


@dataclass
class Image:
    """What its containers begin with."""

    entrypoint: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    user: str = "0:0"
    folder: str = "/"
    health: list = field(default_factory=list)
    stop_signal: str = "SIGTERM"


def instructions(text):
    joined = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    for line in filter(None, map(str.strip, joined.splitlines())):
        word, _, rest = line.partition(" ")
        yield word.upper(), re.sub(r"\s+", " ", rest.strip())


def read(path=DOCKERFILE):
    """The stages by name, in order, and the arguments before them."""
    arguments, stages = {}, {}
    for word, rest in instructions(path.read_text()):
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            for key, value in arguments.items():
                base = base.replace("${%s}" % key, value)
            stages[name] = stage = Stage(name, base)
        elif word == "ARG" and not stages:
            key, _, value = rest.partition("=")
            arguments[key] = value
        else:
            assert word in KNOWN, f"{path}: {word}"
            stage.steps.append((word, rest))
    return stages


def image_of(stages, name):
    """What the chain of stages up to `name` leaves as configuration."""
    stage = stages[name]
    image = image_of(stages, stage.base) if stage.base in stages else Image()
    for word, rest in stage.steps:
        if word == "ENTRYPOINT":
            image.entrypoint = json.loads(rest)
        elif word == "ENV":
            image.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
        elif word == "USER":
            image.user = rest
        elif word == "WORKDIR":
            image.folder = rest
        elif word == "STOPSIGNAL":
            image.stop_signal = rest
        elif word == "HEALTHCHECK":
            image.health = json.loads(rest.partition("CMD ")[2])
    return image


def default_image():
    stages = read()
    return image_of(stages, list(stages)[-1])
