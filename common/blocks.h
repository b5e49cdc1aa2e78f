#pragma once

#include <cstddef>

namespace swarm {

// Memory for what comes and goes with every request: the block that was given back last, which the
// processor's caches still hold, is taken first. Above kLargestBlock it is the heap's.
// Thread  any; each has blocks of its own, and a block may be given back by another
// Errors  throws std::bad_alloc
inline constexpr std::size_t kLargestBlock = 64 * 1024;

// How large the block is that a request for `size` bytes gets. REQUIRES: size > 0.
std::size_t block_size(std::size_t size);
void* take_block(std::size_t size);
// REQUIRES: `size` as it was when the block was taken, or its block_size().
void give_block(void* block, std::size_t size) noexcept;

}  // namespace swarm
