"""The shape of files: how long they are, what a header promises, and that README's code is real."""

import re
from pathlib import PurePosixPath

LIMIT = 500
CODE = (".h", ".cpp", ".py", ".cmake", ".sh", ".ts", ".tsx", ".css", ".html")
EXCEPTIONS = "tests/arch/long_files.txt"  # lines `path length`; may only shrink
# A type of this many lines needs a comment even if it is not the first one of its header.
LARGE = 25


def check_length(tree):
    exceptions = {}
    if EXCEPTIONS in tree.file_set:
        lines = (line.split("#")[0].split() for line in tree.read(EXCEPTIONS).splitlines())
        exceptions = {words[0]: int(words[1]) for words in lines if words}
    for path in tree.files:
        if not (path.endswith(CODE) or path.endswith("CMakeLists.txt")):
            continue
        length = len(tree.read(path).splitlines())
        allowed = exceptions.pop(path, None)
        if allowed is None:
            if length > LIMIT:
                yield f"{path}: {length} lines; more than {LIMIT} hold more than one idea"
        elif length <= LIMIT:
            yield f"{EXCEPTIONS}: {path} needs no exception any more"
        elif length != allowed:
            yield f"{EXCEPTIONS}: {path} has {length} lines, not {allowed}: " + (
                "lower the number" if length < allowed else "it may only shrink")
    for path in exceptions:
        yield f"{EXCEPTIONS}: {path} does not exist"


def check_headers(tree):
    """#pragma once first; a comment before the types that need one; nothing poured into other
    people's namespaces."""
    for path in tree.files:
        if not path.endswith(".h"):
            continue
        lines = tree.read(path).splitlines()
        code = [line for line in lines if line.strip() and not line.startswith("//")]
        if not code or code[0].strip() != "#pragma once":
            yield f"{path}: does not begin with #pragma once"
        for number, line in enumerate(lines, 1):
            if re.match(r"using namespace\b", line):
                yield f"{path}:{number}: using namespace in a header"
        yield from check_contracts(path, lines)


def check_contracts(path, lines):
    """A class needs a comment directly before it if it is the first of its header or large."""
    first = True
    for number, line in enumerate(lines):
        match = re.match(r"(class|struct)\s+(?:\[\[\w+\]\]\s*)?(\w+)\b(?!.*;\s*$)", line)
        if not match or (number and lines[number - 1].startswith("template <>")):
            continue
        end = next((n for n in range(number, len(lines)) if lines[n].startswith("}")), number)
        above = number - 1
        while above >= 0 and re.match(r"template\b|\[\[|requires\b|\s+requires\b", lines[above]):
            above -= 1
        commented = above >= 0 and lines[above].startswith("//")
        leading = match[1] == "class" and first
        if not commented and (leading or end - number + 1 > LARGE):
            yield f"{path}:{number + 1}: {match[2]} has no comment that says what it is for"
        first = first and match[1] != "class"


def check_own_header_first(tree):
    """So that a header which forgot an include is found by its own source."""
    for path in tree.module_files:
        own = path.removesuffix(".cpp") + ".h"
        if not path.endswith(".cpp") or own not in tree.file_set:
            continue
        includes = tree.includes(path)
        if not includes or tree.resolve(includes[0]) != own:
            yield f"{path}: does not include its own header first"


def check_readme(tree):
    """The C++ that README shows is, to the letter, a file that is built and run."""
    if "README.md" not in tree.file_set:
        return
    shown = re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)```", tree.read("README.md"), re.S)
    if not shown:
        yield "README.md: shows no example: `<!-- path -->` before a code block"
    for path, code in shown:
        if path not in tree.file_set:
            yield f"README.md: {path} does not exist"
        elif code != tree.read(path):
            yield f"README.md: differs from {path}"


def check_links(tree):
    """A relative link of a document leads to a file, or to a folder."""
    folders = {parent.as_posix() for f in tree.files for parent in PurePosixPath(f).parents}
    for path in tree.files:
        if not path.endswith(".md"):
            continue
        text = re.sub(r"```.*?```", "", tree.read(path), flags=re.S)
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            target = tree.root / PurePosixPath(path).parent / link
            try:
                inside = target.resolve().relative_to(tree.root.resolve()).as_posix()
            except ValueError:
                inside = None
            if inside not in tree.file_set and inside not in folders:
                yield f"{path}: {link} leads nowhere"


def check_decisions(tree):
    """Every decision is in the index."""
    folder = "docs/decisions/"
    index = tree.read(folder + "README.md") if folder + "README.md" in tree.file_set else ""
    for path in tree.files:
        if path.startswith(folder) and not path.endswith("README.md") \
                and f"]({path.removeprefix(folder)})" not in index:
            yield f"{path}: is not in {folder}README.md"


CHECKS = (check_length, check_headers, check_own_header_first, check_readme, check_links,
          check_decisions)
