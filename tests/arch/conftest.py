"""A small tree that satisfies every check, for tests to break in one place."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tree import Tree  # noqa: E402

GOOD = {
    ".clang-format": "BasedOnStyle: Google\n",
    "README.md": "See [the page](docs/architecture.md).\n\n"
                 "<!-- examples/cpp/quickstart.cpp -->\n```cpp\n#include <swarm/swarm.h>\n```\n",
    "docs/architecture.md": "| module | may use | libraries | what for |\n|---|---|---|---|\n"
                            "| `common` | | `Asio` | all |\n"
                            "| `proto` | `common` | `ZeroMQ` | the wire |\n"
                            "| `worker.native` | `common` `proto` | | the SDK |\n",
    "common/CMakeLists.txt": "swarm_module(common SOURCES clock.cpp HEADERS clock.h)\n",
    "common/clock.h": "#pragma once\n\n#include <chrono>\n\n"
                      "// Tells the time.\nclass Clock {\n  int now;\n};\n",
    "common/clock.cpp": '#include "common/clock.h"\n\n#include <ctime>\n\n#include "common/net.h"\n',
    "common/net.h": "#pragma once\n\n#include <boost/asio/io_context.hpp>\n",
    "proto/CMakeLists.txt": "swarm_module(proto  # the wire\n  SOURCES link.cpp\n"
                            "  HEADERS link.h\n  USES common)\n",
    "proto/link.h": '#pragma once\n\n#include "common/clock.h"\n\nclass Clock;\n',
    "proto/link.cpp": '#include "proto/link.h"\n\n#include <fmt/format.h>\n#include <zmq.hpp>\n',
    "worker/CMakeLists.txt": "swarm_module(worker.native SOURCES native/scenario.cpp\n"
                             "  HEADERS native/include/swarm/swarm.h USES proto)\n",
    "worker/native/scenario.cpp": '#include <swarm/swarm.h>\n\n#include "proto/link.h"\n',
    "worker/native/include/swarm/swarm.h": "#pragma once\n\n#include <string>\n",
    "examples/cpp/quickstart.cpp": "#include <swarm/swarm.h>\n",
    "cli/main.cpp": '#include "proto/link.h"\n',
}


@pytest.fixture
def tree_with(tmp_path):
    """tree_with({path: text or None}): the good tree with these files instead (None: without)."""

    def build(changes):
        for path, text in (GOOD | changes).items():
            if text is not None:
                file = tmp_path / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        return Tree(tmp_path)

    return build
