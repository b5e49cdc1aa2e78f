"""Each check finds what it is for: a tree that is good but for one thing, and what is said of it."""

import arrows
import check
import format as formatting
import libraries
import pytest
import shape
import words


def lines(count):
    return "// line\n" * count


def clock_with(include):
    return f"#pragma once\n\n#include {include}\n"


MODULE = "swarm_module(common SOURCES clock.cpp HEADERS clock.h{})\n"
CLASS = "#pragma once\n\n{}class Clock {{\n  int now;\n}};\n"
LARGE = "#pragma once\n\n// Small.\nclass Clock {{\n}};\n\n{}struct Large {{\n" + \
        "  int a;\n" * 30 + "}};\n"

# check, what to change in the good tree, what it must say
BAD = {
    "module without a row": (
        arrows.check_table, {"master/CMakeLists.txt": "swarm_module(master.run)"},
        "no row for master.run"),
    "row without a module": (
        arrows.check_table, {"proto/CMakeLists.txt": "\n"}, "has a row for proto, which does not exist"),
    "USES beyond the table": (
        arrows.check_table, {"common/CMakeLists.txt": MODULE.format(" USES proto")},
        "common may not use proto"),
    "include without USES": (
        arrows.check_includes, {"common/clock.h": clock_with('"proto/link.h"')},
        "common/clock.h:3: common does not state that it USES proto"),
    "include of the SDK without USES": (
        arrows.check_includes, {"common/clock.h": clock_with("<swarm/swarm.h>")},
        "common does not state that it USES worker.native"),
    "USES without an include": (
        arrows.check_includes, {"proto/link.h": "#pragma once\n"},
        "proto USES common, but includes nothing of it"),
    "USES of nothing": (
        arrows.check_includes, {"common/CMakeLists.txt": MODULE.format(" USES clocks")},
        "common USES clocks, which does not exist"),
    "file of no module": (
        arrows.check_includes, {"common/stray.cpp": "\n"}, "common/stray.cpp: in no swarm_module()"),
    "include of a file of no module": (
        arrows.check_includes,
        {"tests/fake.h": "#pragma once\n", "common/clock.h": clock_with('"tests/fake.h"')},
        "common/clock.h:3: tests/fake.h is in no module"),
    "SDK that leans on the engine": (
        arrows.check_sdk, {"worker/native/include/swarm/swarm.h": clock_with('"common/clock.h"')},
        "common/clock.h is not part of the SDK"),
    "example that leans on the engine": (
        arrows.check_sdk, {"examples/cpp/quickstart.cpp": '#include "common/clock.h"\n'},
        "common/clock.h is not part of the SDK"),
    "circle of modules": (
        arrows.check_cycles, {"common/clock.cpp": '#include "proto/link.h"\n'},
        "modules include each other: common -> proto -> common"),
    "circle of headers": (
        arrows.check_cycles,
        {"common/clock.h": clock_with('"common/net.h"'), "common/net.h": clock_with('"common/clock.h"')},
        "headers include each other: common/clock.h -> common/net.h -> common/clock.h"),

    "Asio past the door": (
        libraries.check_libraries, {"common/clock.cpp": "#include <boost/asio/post.hpp>\n"},
        "common/clock.cpp:1: Asio comes through common/net.h only"),
    "door in a header": (
        libraries.check_libraries, {"common/clock.h": clock_with('"common/net.h"')},
        "common/net.h is for .cpp files"),
    "door of a module without Asio": (
        libraries.check_libraries, {"proto/link.cpp": '#include "common/net.h"\n'},
        "proto may not use Asio"),
    "library in a header": (
        libraries.check_libraries, {"proto/link.h": clock_with("<zmq.hpp>")},
        "proto/link.h:3: ZeroMQ in a header"),
    "fmt in a header": (
        libraries.check_libraries, {"proto/link.h": clock_with("<fmt/core.h>")}, "fmt in a header"),
    "library of another module": (
        libraries.check_libraries, {"common/clock.cpp": "#include <openssl/ssl.h>\n"},
        "common may not use OpenSSL"),
    "library that nobody knows": (
        libraries.check_libraries, {"common/clock.cpp": "#include <absl/strings/cord.h>\n"},
        "absl/strings/cord.h is of no known library"),
    "include of nothing": (
        libraries.check_libraries, {"common/clock.cpp": '#include "common/clocks.h"\n'},
        "common/clocks.h does not exist"),
    "Python's header beside its door": (
        libraries.check_libraries,
        {"worker/native/scenario.cpp": '#include <swarm/swarm.h>\n\n#include <Python.h>\n'},
        "CPython comes through worker/python/python_api.h only"),
    "misspelt library in the table": (
        libraries.check_names,
        {"docs/architecture.md": "| module | may use | libraries |\n| `a` | | `Azio` |\n"},
        "no known library is called Azio"),
    "misspelt module in the table": (
        libraries.check_names,
        {"docs/architecture.md": "| module | may use | libraries |\n| `a` | `b` | |\n"},
        "no module is called b"),

    "file too long": (
        shape.check_length, {"proto/link.cpp": lines(501)}, "proto/link.cpp: 501 lines"),
    "exception that grew": (
        shape.check_length,
        {"proto/link.cpp": lines(600), shape.EXCEPTIONS: "proto/link.cpp 550\n"},
        "proto/link.cpp has 600 lines, not 550: it may only shrink"),
    "exception that shrank": (
        shape.check_length,
        {"proto/link.cpp": lines(510), shape.EXCEPTIONS: "proto/link.cpp 550\n"},
        "proto/link.cpp has 510 lines, not 550: lower the number"),
    "exception that is over": (
        shape.check_length, {shape.EXCEPTIONS: "# why\nproto/link.cpp 550\n"},
        "proto/link.cpp needs no exception any more"),
    "exception for nothing": (
        shape.check_length, {shape.EXCEPTIONS: "proto/gone.cpp 550\n"},
        "proto/gone.cpp does not exist"),
    "header without pragma once": (
        shape.check_headers, {"proto/link.h": "#include <string>\n"},
        "proto/link.h: does not begin with #pragma once"),
    "using namespace in a header": (
        shape.check_headers, {"proto/link.h": "#pragma once\nusing namespace std;\n"},
        "proto/link.h:2: using namespace"),
    "class without a contract": (
        shape.check_headers, {"common/clock.h": CLASS.format("")},
        "common/clock.h:3: Clock has no comment"),
    "class template without a contract": (
        shape.check_headers, {"common/clock.h": CLASS.format("template <typename T>\n")},
        "common/clock.h:4: Clock has no comment"),
    "large type without a comment": (
        shape.check_headers, {"common/clock.h": LARGE.format("")},
        "common/clock.h:7: Large has no comment"),
    "own header not first": (
        shape.check_own_header_first,
        {"proto/link.cpp": '#include <string>\n\n#include "proto/link.h"\n'},
        "proto/link.cpp: does not include its own header first"),
    "README that differs from its example": (
        shape.check_readme, {"examples/cpp/quickstart.cpp": "int x;\n"},
        "README.md: differs from examples/cpp/quickstart.cpp"),
    "README of an example that is gone": (
        shape.check_readme, {"examples/cpp/quickstart.cpp": None},
        "README.md: examples/cpp/quickstart.cpp does not exist"),
    "README without examples": (
        shape.check_readme, {"README.md": "words\n"}, "README.md: shows no example"),
    "dead link": (
        shape.check_links, {"docs/more.md": "[a](../nowhere.md) and [b](https://example.com)\n"},
        "docs/more.md: ../nowhere.md leads nowhere"),

    "decision that nobody finds": (
        shape.check_decisions, {"docs/decisions/0007-more.md": "# 7. More\n"},
        "docs/decisions/0007-more.md: is not in docs/decisions/README.md"),

    "path of one machine": (
        words.check_words, {"docs/more.md": "cd " + "/home" + "/ann/swarm\n"},
        "docs/more.md:1: "),
    "path of another machine": (
        words.check_words, {"Makefile": "SRC = " + "/work" + "/main\n"}, "is a path of one machine"),
    "registry": (
        words.check_words, {"Makefile": "pip --index-url" + "=x\n"}, "is a package registry"),
    "registry host": (
        words.check_words, {"Makefile": "curl https://registry" + ".example.org/x\n"},
        "is a package registry"),
    "mirror": (
        words.check_words, {"Makefile": "http://deb." + "debian.org/debian\n"},
        "is a package registry"),
    "private key": (
        words.check_words, {"tests/key.pem": "-----BEGIN PRIVATE" + " KEY-----\n"},
        "is a private key"),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_finds(case, tree_with):
    checked, changes, said = case
    found = list(checked(tree_with(changes)))
    assert len(found) == 1, found
    assert said in found[0]


def test_good_tree_is_good(tree_with):
    tree = tree_with({})
    checks = [c for c in check.CHECKS if c is not formatting.check_format]
    assert [line for c in checks for line in c(tree)] == []


def test_every_check_has_a_bad_tree():
    tried = {checked for checked, _, _ in BAD.values()} | {formatting.check_format}
    assert tried == set(check.CHECKS)


@pytest.mark.skipif(not formatting.usable(), reason="needs clang-format 14")
def test_format_finds_the_file_that_differs(tree_with):
    tree = tree_with({"proto/link.cpp": "int  x;\n"})
    assert list(formatting.check_format(tree)) == [
        "proto/link.cpp: not as clang-format wants it: make format"]


@pytest.mark.parametrize("header", [
    "// For what.\nclass Clock {\n};\n",
    "// For what.\ntemplate <typename T>\n  requires std::integral<T>\nclass Clock {\n};\n",
    "// For what.\nclass [[nodiscard]] Clock {\n};\n",
    "class Clock;\nstruct Small {\n};\n",
    "// For what.\nclass Clock {\n};\n\nclass Second {\n};\n",
    "template <>\nstruct Clock<void> {\n};\n",
])
def test_contract_accepts(header, tree_with):
    tree = tree_with({"common/clock.h": "#pragma once\n\n" + header})
    assert list(shape.check_headers(tree)) == []


@pytest.mark.parametrize("text", ["$(HOME)/" "work/x", "a/root/b", "build/work/x", "~/" "work/x",
                                  "https://example.org/home/ann", "/home/me/.swarm.conf", "/home/locust"])
def test_words_accept(text, tree_with):
    assert list(words.check_words(tree_with({"docs/more.md": text + "\n"}))) == []
