"""Third-party libraries stay where the table of docs/architecture.md puts them: in .cpp files of
the modules that need them, and in no header."""

import re

from tree import MODULE_FOLDERS

# The beginning of an include, and the library that it belongs to; the first match counts.
LIBRARIES = (
    ("boost/asio", "Asio"), ("boost/beast", "Beast"), ("boost/", "Boost"),
    ("openssl/", "OpenSSL"), ("zlib.h", "zlib"), ("brotli/", "brotli"),
    ("spdlog/", "spdlog"), ("fmt/", "fmt"), ("CLI/", "CLI11"), ("toml", "toml++"),
    ("nlohmann/", "nlohmann-json"), ("msgpack", "msgpack"), ("zmq", "ZeroMQ"),
    ("sodium", "libsodium"), ("Python.h", "CPython"), ("structmember.h", "CPython"),
    ("greenlet", "greenlet"), ("gtest/", "GoogleTest"), ("gmock/", "GoogleTest"),
    ("benchmark/", "Google Benchmark"),
)
# The standard library, the C library, the kernel and the compiler.
PLATFORM = re.compile(r"[a-z0-9_]+(\.h)?|(sys|net|netinet|arpa|linux|asm|ext|bits|sanitizer)/[\w./]+|cxxabi\.h")
# The one door to Asio: a header for .cpp files only.
DOOR = "common/net.h"
# Libraries that one header of ours includes for all others.
DOORS = {"Asio": DOOR, "CPython": "worker/python/python_api.h"}


def library_of(include):
    for prefix, library in LIBRARIES:
        if include.name.startswith(prefix):
            return library
    return None if PLATFORM.fullmatch(include.name) else "unknown"


def check_libraries(tree):
    for path in tree.module_files:
        module = tree.module_of.get(path)
        if module is None:
            continue  # which check_includes complains about
        allowed = tree.table[module].libraries if module in tree.table else set()
        for include in tree.includes(path):
            where = f"{path}:{include.line}"
            if tree.resolve(include) == DOOR:
                if path.endswith(".h"):
                    yield f"{where}: {DOOR} is for .cpp files; common/net_fwd.h is for headers"
                elif "Asio" not in allowed:
                    yield f"{where}: {module} may not use Asio"
            elif tree.resolve(include):
                continue
            elif library := library_of(include):
                yield from check_one(where, path, module, allowed, include, library)


def check_one(where, path, module, allowed, include, library):
    if path == DOORS.get(library):
        return
    if library == "unknown" and include.name.split("/")[0] in MODULE_FOLDERS:
        yield f"{where}: {include.name} does not exist"
    elif library == "unknown":
        yield (f"{where}: {include.name} is of no known library: add it to tests/arch/libraries.py "
               "and to the table")
    elif library in DOORS and (library == "CPython" or path.endswith(".cpp")):
        yield f"{where}: {library} comes through {DOORS[library]} only"
    elif path.endswith(".h"):
        yield f"{where}: {library} in a header"
    elif library != "fmt" and library not in allowed:
        yield f"{where}: {module} may not use {library}"


def check_names(tree):
    """A library that the table misspells would allow nothing, silently."""
    known = {library for _, library in LIBRARIES}
    for name, row in tree.table.items():
        for library in sorted(row.libraries - known):
            yield f"docs/architecture.md: {name}: no known library is called {library}"
        for module in sorted(row.uses - set(tree.table)):
            yield f"docs/architecture.md: {name}: no module is called {module}"


CHECKS = (check_libraries, check_names)
