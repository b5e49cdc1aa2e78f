#include "worker/python/arenas.h"

#include <sys/mman.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "worker/python/python_api.h"

namespace swarm::python {
namespace {

constexpr std::size_t kKept = 16;
constexpr std::size_t kRegion = 64 << 20;  // addresses; the kernel gives memory when it is used
constexpr std::size_t kHugePage = 2 << 20;
constexpr std::size_t kLargest = 1 << 20;  // of what regions are cut into

PyObjectArenaAllocator interpreters;

// What was given back, of one size: a power of two.
struct Given {
  std::array<void*, kKept> warm{};
  std::size_t count = 0;
  std::vector<void*> cold;  // their memory is the kernel's again, their addresses are ours
};
std::array<Given, std::bit_width(kLargest)> given;

// The rest of the region that is being cut.
std::byte* rest = nullptr;
std::size_t left = 0;

bool ours(std::size_t size) { return std::has_single_bit(size) && size <= kLargest; }

bool new_region() {
  void* const region = ::mmap(nullptr, kRegion + kHugePage, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) return false;
  ::madvise(region, kRegion + kHugePage, MADV_HUGEPAGE);
  const auto start = reinterpret_cast<std::uintptr_t>(region);
  rest = static_cast<std::byte*>(region) + (kHugePage - start % kHugePage) % kHugePage;
  left = kRegion;
  return true;
}

void* take_arena(void*, std::size_t size) {
  if (!ours(size)) return interpreters.alloc(interpreters.ctx, size);
  Given& same = given[std::bit_width(size) - 1];
  if (same.count > 0) return same.warm[--same.count];
  if (!same.cold.empty()) {
    void* const arena = same.cold.back();
    same.cold.pop_back();
    return arena;
  }
  if (left < size && !new_region()) return nullptr;
  left -= size;
  return std::exchange(rest, rest + size);
}

void give_arena(void*, void* arena, std::size_t size) {
  if (!ours(size)) return interpreters.free(interpreters.ctx, arena, size);
  Given& same = given[std::bit_width(size) - 1];
  if (same.count < kKept) {
    same.warm[same.count++] = arena;
    return;
  }
  ::madvise(arena, size, MADV_DONTNEED);
  same.cold.push_back(arena);
}

}  // namespace

void keep_arenas() {
  PyObject_GetArenaAllocator(&interpreters);
  PyObjectArenaAllocator ours{nullptr, take_arena, give_arena};
  PyObject_SetArenaAllocator(&ours);
}

}  // namespace swarm::python
