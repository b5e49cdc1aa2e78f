#pragma once

#include <cstdint>

namespace swarm::test {

// How often this thread has asked for memory with `new` so far. A program that calls this counts
// all its allocations, those of libswarm too; one that does not is left alone.
std::uint64_t allocations();

}  // namespace swarm::test
