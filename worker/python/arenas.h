#pragma once

namespace swarm::python {

// Takes over where the interpreter's memory for small objects comes from (arenas of 1 MiB; 256 KiB
// before Python 3.10). It comes out of huge pages where the kernel has them, or the processor would
// spend part of each request finding it (common/heap.h). Some of what is given back is kept,
// because CPython maps and unmaps an arena whenever the number that it needs changes, which may be
// at each document that a task parses. REQUIRES: the GIL. Once per process.
void keep_arenas();

}  // namespace swarm::python
