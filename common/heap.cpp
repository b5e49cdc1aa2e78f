#include "common/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace swarm {
namespace {

// What a step begins with is used before huge pages are asked for, and gets small ones: one part in
// sixteen. Until it is used, a step costs addresses and no memory.
constexpr int kHeapStep = 32 << 20;
// What is larger comes from the kernel each time. Set explicitly, because glibc adapts none of its
// thresholds once one of them is set.
constexpr int kOwnMapping = 8 << 20;

constexpr std::uintptr_t kHugePage = 2 << 20;

std::atomic<std::uintptr_t> backed{0};  // up to this address; 0: the heap is not prepared

std::uintptr_t heap_end() { return reinterpret_cast<std::uintptr_t>(::sbrk(0)); }

}  // namespace

void prepare_heap() {
  ::mallopt(M_TOP_PAD, kHeapStep);
  ::mallopt(M_TRIM_THRESHOLD, kHeapStep);
  ::mallopt(M_MMAP_THRESHOLD, kOwnMapping);
  backed = heap_end();
}

void back_heap() {
  const std::uintptr_t end = heap_end();
  const std::uintptr_t from = backed.load(std::memory_order_relaxed);
  if (end == from || from == 0) return;
  backed.store(end, std::memory_order_relaxed);
  if (end < from) return;
  // With the page that the last step ended in. The heap may have begun in it; what is below is not
  // mapped, which the kernel passes over.
  const std::uintptr_t first = from / kHugePage * kHugePage;
  ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

}  // namespace swarm
