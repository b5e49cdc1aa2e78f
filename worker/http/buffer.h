#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "common/blocks.h"

namespace swarm::http {

class Buffer;

// Bytes that a Buffer may show without a copy of them, until their owner needs the place again.
// Thread  any, that of the Buffer
// Errors  none
class Loan {
 public:
  Loan() = default;
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  ~Loan() { end(); }

  // Who still shows the bytes makes a copy of them first.
  void end();

 private:
  friend class Buffer;
  Buffer* holder_ = nullptr;
};

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

  // Becomes `bytes`, which are copied only when the loan ends, or when something else than looking
  // at them is asked for.
  void borrow(std::string_view bytes, Loan& loan) {
    loan.end();
    reset();
    // Never written to: its capacity is used up.
    bytes_ = const_cast<char*>(bytes.data());
    size_ = capacity_ = bytes.size();
    loan_ = &loan;
    loan.holder_ = this;
  }
  // From now on view() stays valid, whatever becomes of a loan.
  void keep() {
    if (loan_ != nullptr) grow(size_);
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
  void clear() {
    if (loan_ != nullptr) return reset();
    size_ = 0;
  }
  // clear(), and gives the memory back.
  void reset() {
    let_go();
    bytes_ = nullptr;
    size_ = capacity_ = 0;
  }

  void swap(Buffer& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(loan_, other.loan_);
    if (loan_ != nullptr) loan_->holder_ = this;
    if (other.loan_ != nullptr) other.loan_->holder_ = &other;
  }

 private:
  void grow(std::size_t needed) {
    const std::size_t room = loan_ == nullptr ? capacity_ * 2 : 0;
    const std::size_t capacity = block_size(std::max({needed, room, std::size_t{64}}));
    auto* const larger = static_cast<char*>(take_block(capacity));
    if (size_ > 0) std::memcpy(larger, bytes_, size_);
    let_go();
    bytes_ = larger;
    capacity_ = capacity;
  }
  void let_go() {
    if (loan_ != nullptr) {
      std::exchange(loan_, nullptr)->holder_ = nullptr;
    } else if (bytes_ != nullptr) {
      give_block(bytes_, capacity_);
    }
  }

  char* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  Loan* loan_ = nullptr;  // null: the bytes are its own
};

inline void Loan::end() {
  if (holder_ != nullptr) holder_->keep();
}

}  // namespace swarm::http
