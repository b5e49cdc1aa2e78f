#include "common/blocks.h"

#include <array>
#include <bit>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) static_cast<void>(address), static_cast<void>(size)
#define ASAN_UNPOISON_MEMORY_REGION(address, size) \
  static_cast<void>(address), static_cast<void>(size)
#endif

namespace swarm {
namespace {

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

constexpr std::size_t class_of(std::size_t size) {
  if (size <= kLargestSmall) return (size - 1) / kStep;
  return kSmallClasses + std::bit_width(size - 1) - std::bit_width(kLargestSmall);
}

using FreeLists = std::array<FreeList, kClasses>;

// Of static TLS, which needs no call into the loader, a library that is loaded late gets only a few
// bytes: so it is a pointer. Like the blocks, the lists stay when their thread ends.
[[gnu::tls_model("initial-exec")]] thread_local FreeLists* free_lists = nullptr;

}  // namespace

std::size_t block_size(std::size_t size) {
  if (size > kLargestBlock) return size;
  return size <= kLargestSmall ? (size + kStep - 1) / kStep * kStep : std::bit_ceil(size);
}

void* take_block(std::size_t size) {
  if (size > kLargestBlock) return ::operator new(size);
  if (free_lists == nullptr) free_lists = new FreeLists{};
  FreeList& list = (*free_lists)[class_of(size)];
  if (list.first == nullptr) return ::operator new(block_size(size));
  FreeBlock* const block = list.first;
  list.first = block->next;
  --list.length;
  ASAN_UNPOISON_MEMORY_REGION(block, block_size(size));
  return block;
}

void give_block(void* block, std::size_t size) noexcept {
  if (size > kLargestBlock || free_lists == nullptr) return ::operator delete(block);
  FreeList& list = (*free_lists)[class_of(size)];
  if (size > kLargestSmall && list.length >= kLargeKept) return ::operator delete(block);
  list.first = new (block) FreeBlock{list.first};
  ++list.length;
  // A use after this is an error, though the memory stays ours.
  ASAN_POISON_MEMORY_REGION(list.first + 1, block_size(size) - sizeof(FreeBlock));
}

}  // namespace swarm
