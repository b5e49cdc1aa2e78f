#include "common/assert.h"

#include <cstdio>
#include <cstdlib>

namespace swarm {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "swarm: bug: %s is false at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace swarm
