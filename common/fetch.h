#pragma once

#include <cstddef>

namespace swarm {

// Has the processor fetch the cache line at `address`, and those after it, `Lines` in all, while
// the program goes on. Any address will do.
template <std::size_t Lines = 1>
inline void fetch(const void* address) {
  constexpr std::size_t kLine = 64;
  for (std::size_t i = 0; i < Lines; ++i) {
    const char* const line = static_cast<const char*>(address) + i * kLine;
    __builtin_prefetch(line);
    // To GCC a function that does nothing else has no effect, and its calls are dropped.
    asm volatile("" : : "r"(line));
  }
}

}  // namespace swarm
