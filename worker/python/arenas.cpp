#include "worker/python/arenas.h"

#include <sys/mman.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "worker/python/python_api.h"

namespace swarm::python {
namespace {

constexpr std::size_t kRegion = 64 << 20;  // addresses; the kernel gives memory when it is used
constexpr std::size_t kHugePage = 2 << 20;
// Of what regions are cut into. A greenlet's frames (16 KiB) come from the interpreter as before:
// of them the first page is used, and a huge page would hold them all.
constexpr std::size_t kLeastPiece = 256 << 10;
constexpr std::size_t kLargestPiece = 1 << 20;
// What is kept with its memory of the pieces of one size, in bytes.
constexpr std::size_t kKept = 16 << 20;

PyObjectArenaAllocator interpreters;

// Pieces of regions, each a power of two large. Never destroyed: threads may outlive main(). With a
// lock of their own: interpreters of one process may have a GIL each.
class Arenas {
 public:
  static bool are_of(std::size_t size) {
    return std::has_single_bit(size) && size >= kLeastPiece && size <= kLargestPiece;
  }

  // Errors: nullptr, no memory.
  void* take(std::size_t size) {
    const std::lock_guard lock(mutex_);
    Free& free = free_of(size);
    for (std::vector<void*>* pieces : {&free.warm, &free.cold}) {
      if (pieces->empty()) continue;
      void* const piece = pieces->back();
      pieces->pop_back();
      return piece;
    }
    if (region_left_ < size && !map_region()) return interpreters.alloc(interpreters.ctx, size);
    region_left_ -= size;
    return std::exchange(region_at_, region_at_ + size);
  }

  // `piece` may be the interpreter's own, of before: it was mapped as ours are.
  void give(void* piece, std::size_t size) noexcept {
    const std::lock_guard lock(mutex_);
    Free& free = free_of(size);
    try {
      if ((free.warm.size() + 1) * size <= kKept) return free.warm.push_back(piece);
      ::madvise(piece, size, MADV_DONTNEED);
      free.cold.push_back(piece);
    } catch (const std::bad_alloc&) {
      ::munmap(piece, size);
    }
  }

 private:
  struct Free {
    std::vector<void*> warm;
    std::vector<void*> cold;  // their memory is the kernel's again, their addresses are ours
  };

  Free& free_of(std::size_t size) {
    return free_[static_cast<std::size_t>(std::countr_zero(size))];
  }

  bool map_region() {
    void* const region = ::mmap(nullptr, kRegion + kHugePage, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (region == MAP_FAILED) return false;
    ::madvise(region, kRegion + kHugePage, MADV_HUGEPAGE);
    const auto start = reinterpret_cast<std::uintptr_t>(region);
    region_at_ = static_cast<std::byte*>(region) + (kHugePage - start % kHugePage) % kHugePage;
    region_left_ = kRegion;
    return true;
  }

  std::mutex mutex_;
  std::array<Free, std::bit_width(kLargestPiece)> free_;
  // What is left of the region that is being cut.
  std::byte* region_at_ = nullptr;
  std::size_t region_left_ = 0;
};

Arenas& arenas() {
  static Arenas& all = *new Arenas;
  return all;
}

void* take_arena(void*, std::size_t size) {
  return Arenas::are_of(size) ? arenas().take(size) : interpreters.alloc(interpreters.ctx, size);
}

void give_arena(void*, void* arena, std::size_t size) {
  Arenas::are_of(size) ? arenas().give(arena, size)
                       : interpreters.free(interpreters.ctx, arena, size);
}

}  // namespace

void keep_arenas() {
  PyObject_GetArenaAllocator(&interpreters);
  PyObjectArenaAllocator ours{nullptr, take_arena, give_arena};
  PyObject_SetArenaAllocator(&ours);
}

}  // namespace swarm::python
