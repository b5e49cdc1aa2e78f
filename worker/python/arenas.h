#pragma once

namespace swarm::python {

// Takes over where the interpreter's memory for small objects comes from: arenas of one size. They
// lie in huge pages where the kernel has them, or the processor would spend part of each request
// finding them (common/heap.h). Some that are given back are kept, because CPython maps and unmaps
// one whenever the number that it needs changes, which may be at each document that a task parses.
//
// REQUIRES: the GIL. Once per process.
void keep_arenas();

}  // namespace swarm::python
