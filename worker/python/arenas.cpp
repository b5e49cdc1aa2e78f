#include "worker/python/arenas.h"

#include <array>
#include <cstddef>

#include "worker/python/python_api.h"

namespace swarm::python {
namespace {

constexpr std::size_t kKept = 16;

PyObjectArenaAllocator interpreters;

// Of one size, which CPython decided when it was built.
struct Kept {
  std::array<void*, kKept> arenas{};
  std::size_t count = 0;
  std::size_t size = 0;  // of each, in bytes
};
Kept kept;

void* take_arena(void*, std::size_t size) {
  if (kept.count > 0 && size == kept.size) return kept.arenas[--kept.count];
  return interpreters.alloc(interpreters.ctx, size);
}

void give_arena(void*, void* arena, std::size_t size) {
  if (kept.count == 0) kept.size = size;
  if (size != kept.size || kept.count == kKept) {
    return interpreters.free(interpreters.ctx, arena, size);
  }
  kept.arenas[kept.count++] = arena;
}

}  // namespace

void keep_arenas() {
  PyObject_GetArenaAllocator(&interpreters);
  PyObjectArenaAllocator ours{nullptr, take_arena, give_arena};
  PyObject_SetArenaAllocator(&ours);
}

}  // namespace swarm::python
