#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "common/blocks.h"

namespace swarm::http {

// Bytes that grow at their end. Unlike std::string it hands out its spare room unwritten, so that
// a body is received where it stays: no zeroes first, no copy after. Its memory is a block of
// common/blocks.h, so that one body is written where the last one was read.
// Thread  any
// Errors  none
class Buffer {
 public:
  Buffer() = default;
  ~Buffer() { reset(); }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer(std::move(other)).swap(*this);
    return *this;
  }

  const char* data() const { return bytes_; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {bytes_, size_}; }
  operator std::string_view() const { return view(); }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(space(bytes.size()), bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  // Room for `count` bytes after the end, unwritten; commit() makes them part of the content.
  char* space(std::size_t count) {
    if (capacity_ - size_ < count) grow(size_ + count);
    return bytes_ + size_;
  }
  // REQUIRES: count <= what space() was last asked for.
  void commit(std::size_t count) { size_ += count; }

  void reserve(std::size_t capacity) {
    if (capacity > capacity_) grow(capacity);
  }
  void clear() { size_ = 0; }
  // clear(), and gives the memory back.
  void reset() {
    if (bytes_ != nullptr) give_block(bytes_, capacity_);
    bytes_ = nullptr;
    size_ = capacity_ = 0;
  }

  void swap(Buffer& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  void grow(std::size_t needed) {
    const std::size_t capacity = block_size(std::max({needed, capacity_ * 2, std::size_t{64}}));
    auto* const larger = static_cast<char*>(take_block(capacity));
    if (size_ > 0) std::memcpy(larger, bytes_, size_);
    if (bytes_ != nullptr) give_block(bytes_, capacity_);
    bytes_ = larger;
    capacity_ = capacity;
  }

  char* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace swarm::http
