#include "common/blocks.h"

#include <array>
#include <bit>
#include <new>

namespace swarm {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kRecycle = false;  // so that a use after the end is seen
#else
constexpr bool kRecycle = true;
#endif

// Small blocks come in steps, and are all kept: a run's next user needs them. Large ones come in
// powers of two, and few are kept: they are in use for a moment only.
constexpr std::size_t kStep = 64;
constexpr std::size_t kLargestSmall = 4096;
constexpr std::size_t kSmallClasses = kLargestSmall / kStep;
constexpr std::size_t kClasses =
    kSmallClasses + std::bit_width(kLargestBlock) - std::bit_width(kLargestSmall);
constexpr std::size_t kLargeKept = 16;

struct FreeBlock {
  FreeBlock* next;
};
struct FreeList {
  FreeBlock* first = nullptr;
  std::size_t length = 0;
};
thread_local std::array<FreeList, kClasses> free_lists{};

constexpr std::size_t class_of(std::size_t size) {
  if (size <= kLargestSmall) return (size - 1) / kStep;
  return kSmallClasses + std::bit_width(size - 1) - std::bit_width(kLargestSmall);
}

}  // namespace

std::size_t block_size(std::size_t size) {
  if (size > kLargestBlock) return size;
  return size <= kLargestSmall ? (size + kStep - 1) / kStep * kStep : std::bit_ceil(size);
}

void* take_block(std::size_t size) {
  if (!kRecycle || size > kLargestBlock) return ::operator new(size);
  FreeList& list = free_lists[class_of(size)];
  if (list.first == nullptr) return ::operator new(block_size(size));
  FreeBlock* const block = list.first;
  list.first = block->next;
  --list.length;
  return block;
}

void give_block(void* block, std::size_t size) noexcept {
  if (!kRecycle || size > kLargestBlock) return ::operator delete(block);
  FreeList& list = free_lists[class_of(size)];
  if (size > kLargestSmall && list.length >= kLargeKept) return ::operator delete(block);
  list.first = new (block) FreeBlock{list.first};
  ++list.length;
}

}  // namespace swarm
