#include <array>
#include <cstddef>
#include <new>

#include "swarm/task.h"

namespace swarm::detail {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kRecycle = false;  // so that a use after the end is seen
#else
constexpr bool kRecycle = true;
#endif

constexpr std::size_t kStep = 64;
constexpr std::size_t kLargest = 4096;

struct FreeFrame {
  FreeFrame* next;
};

// Free frames by size in steps of kStep. They are never given back: a run's next user needs them.
thread_local std::array<FreeFrame*, kLargest / kStep> free_frames{};

constexpr std::size_t size_class(std::size_t size) { return (size - 1) / kStep; }

}  // namespace

void* allocate_frame(std::size_t size) {
  if (!kRecycle || size > kLargest) return ::operator new(size);
  FreeFrame*& first = free_frames[size_class(size)];
  if (first == nullptr) return ::operator new((size_class(size) + 1) * kStep);
  FreeFrame* frame = first;
  first = frame->next;
  return frame;
}

void free_frame(void* frame, std::size_t size) noexcept {
  if (!kRecycle || size > kLargest) return ::operator delete(frame);
  FreeFrame*& first = free_frames[size_class(size)];
  first = new (frame) FreeFrame{first};
}

}  // namespace swarm::detail
