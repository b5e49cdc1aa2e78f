#pragma once

namespace swarm::python {

// Keeps some of the memory that the interpreter's small objects give back, instead of asking the
// kernel for it anew: CPython maps and unmaps a whole arena (1 MiB) whenever the number that it
// needs changes, which may be at each document that a task parses.
// REQUIRES: the GIL. Once a process.
void keep_arenas();

}  // namespace swarm::python
