#include "worker/python/arenas.h"

#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include "worker/python/python_api.h"

namespace swarm::python {
namespace {

// An arena's size, as CPython was built. Other sizes are a greenlet's frames (16 KiB, since 3.11):
// of them the first page is used, and a huge page would hold them all.
constexpr std::size_t kArena = PY_VERSION_HEX >= 0x030A0000 ? 1 << 20 : 256 << 10;
constexpr std::size_t kKept = (16 << 20) / kArena;
constexpr std::size_t kRegion = 64 << 20;  // addresses; the kernel gives memory when it is used
constexpr std::size_t kHugePage = 2 << 20;

PyObjectArenaAllocator interpreters;

// A lock, because interpreters of one process may have a GIL each.
std::mutex mutex;
std::array<void*, kKept> kept;
std::size_t kept_count = 0;
// What is left of the region that arenas are cut from.
std::byte* region_at = nullptr;
std::size_t region_left = 0;

bool map_region() {
  void* const region = ::mmap(nullptr, kRegion + kHugePage, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) return false;
  ::madvise(region, kRegion + kHugePage, MADV_HUGEPAGE);
  const auto start = reinterpret_cast<std::uintptr_t>(region);
  region_at = static_cast<std::byte*>(region) + (kHugePage - start % kHugePage) % kHugePage;
  region_left = kRegion;
  return true;
}

void* take_arena(void*, std::size_t size) {
  if (size != kArena) return interpreters.alloc(interpreters.ctx, size);
  const std::lock_guard lock(mutex);
  if (kept_count > 0) return kept[--kept_count];
  if (region_left == 0 && !map_region()) return interpreters.alloc(interpreters.ctx, size);
  region_left -= size;
  return std::exchange(region_at, region_at + size);
}

// The interpreter's own arenas, of before, are mapped as ours are.
void give_arena(void*, void* arena, std::size_t size) {
  if (size != kArena) return interpreters.free(interpreters.ctx, arena, size);
  const std::lock_guard lock(mutex);
  if (kept_count < kKept) {
    kept[kept_count++] = arena;
  } else {
    ::munmap(arena, size);
  }
}

}  // namespace

void keep_arenas() {
  PyObject_GetArenaAllocator(&interpreters);
  PyObjectArenaAllocator ours{nullptr, take_arena, give_arena};
  PyObject_SetArenaAllocator(&ours);
}

}  // namespace swarm::python
