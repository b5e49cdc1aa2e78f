"""What the architecture checks look at: the files of the tree, their includes, the modules that the
CMake lists declare, and the table of docs/architecture.md."""

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

MODULE_FOLDERS = ("common", "proto", "worker", "master", "cli")
SDK_FOLDER = "worker/native/include"
SDK_MODULE = "worker.native"
# Part of their modules, but not among the headers that must compile for whoever uses the module.
UNLISTED = {"common/net.h": "common"}
SKIPPED_FOLDERS = {"build", ".git", ".cache", "__pycache__", ".pytest_cache", "node_modules"}


@dataclass(frozen=True)
class Include:
    line: int
    name: str  # as written, without quotes or brackets


@dataclass
class Module:
    """One swarm_module() of the CMake lists; files relative to the root."""

    name: str
    declared_in: str
    sources: list = field(default_factory=list)
    headers: list = field(default_factory=list)
    uses: list = field(default_factory=list)
    private: list = field(default_factory=list)


@dataclass
class Row:
    """What docs/architecture.md allows a module."""

    uses: set
    libraries: set


class Tree:
    def __init__(self, root):
        self.root = Path(root)

    @cached_property
    def files(self):
        """Every file of the project, relative to the root, with / between folders."""
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
            place = Path(folder).relative_to(self.root)
            # In a worktree .git is a file.
            found += [(place / name).as_posix() for name in sorted(names) if name != ".git"]
        return found

    def read(self, path):
        return (self.root / path).read_text(errors="replace")

    @cached_property
    def module_files(self):
        """The C++ files of the program, tests and examples apart."""
        return [f for f in self.files
                if f.split("/")[0] in MODULE_FOLDERS and f.endswith((".h", ".cpp"))]

    def includes(self, path):
        pattern = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')
        lines = enumerate(self.read(path).splitlines(), 1)
        return [Include(number, m[1]) for number, line in lines if (m := pattern.match(line))]

    def resolve(self, include):
        """The file of ours that an include means, or None. The SDK has a search path of its own."""
        for place in (include.name, f"{SDK_FOLDER}/{include.name}"):
            if place in self.file_set:
                return place
        return None

    @cached_property
    def file_set(self):
        return set(self.files)

    @cached_property
    def modules(self):
        modules = {}
        for path in self.files:
            if PurePosixPath(path).name == "CMakeLists.txt":
                for module in parse_modules(path, self.read(path)):
                    modules[module.name] = module
        return modules

    @cached_property
    def module_of(self):
        sdk = {path: SDK_MODULE for path in self.files if path.startswith(SDK_FOLDER + "/")}
        return UNLISTED | sdk | {path: module.name for module in self.modules.values()
                                 for path in module.sources + module.headers}

    @cached_property
    def table(self):
        path = "docs/architecture.md"
        return parse_table(self.read(path)) if path in self.file_set else {}


def parse_modules(path, text):
    """The swarm_module() calls of a CMake list."""
    text = re.sub(r"#.*", "", text)
    folder = PurePosixPath(path).parent
    for call in re.finditer(r"\bswarm_module\s*\(([^)]*)\)", text):
        name, *words = call[1].split()
        lists = {"SOURCES": [], "HEADERS": [], "USES": [], "PRIVATE": [], "": []}
        current = ""
        for word in words:
            if word in lists:
                current = word
            else:
                lists[current].append(word)
        yield Module(name, path,
                     [(folder / f).as_posix() for f in lists["SOURCES"]],
                     [(folder / f).as_posix() for f in lists["HEADERS"]],
                     lists["USES"], lists["PRIVATE"])


def parse_table(text):
    """Rows `| module | may use | libraries |`; the names that count are those in backticks."""
    rows, within = {}, False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[:3] == ["module", "may use", "libraries"]:
            within = True
        elif not line.startswith("|"):
            within = False
        elif within and len(cells) >= 3 and (names := re.findall(r"`([^`]+)`", cells[0])):
            for name in names:
                rows[name] = Row(set(re.findall(r"`([^`]+)`", cells[1])),
                                 set(re.findall(r"`([^`]+)`", cells[2])))
    return rows
