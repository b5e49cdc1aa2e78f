#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "common/clock.h"
#include "common/result.h"

namespace swarm {

// How often each length of time was measured, at most 0.4 % off, in memory that does not depend on
// how many were measured: the value of one histogram is the same whatever it was merged from, and
// in which order.
//
// Flow    Duration -> [Histogram] -> percentiles, or buckets for the wire
// Thread  any, one at a time; copies are independent of each other
// Errors  none; below zero counts as zero, above the range in the last bucket
// Units   nanoseconds; buckets are half-open [lower, upper)
//
// The layout is fixed: 128 buckets of 8 ns below 2^10 ns (1 us), then 128 in each doubling up to
// 2^42 ns (73 minutes). Doublings ("blocks") get their memory at first use. Copies share them until
// one of the copies changes, so that a look at thousands of endpoints costs next to nothing.
class Histogram {
 public:
  static constexpr unsigned kLowestBits = 10;
  static constexpr unsigned kHighestBits = 42;
  static constexpr unsigned kBlockBits = 7;  // 128 buckets: half of one is 1/256 of its value
  static constexpr std::size_t kBlockSize = std::size_t{1} << kBlockBits;
  static constexpr std::size_t kBlocks = kHighestBits - kLowestBits + 1;
  static constexpr std::size_t kBuckets = kBlocks * kBlockSize;

  struct Bucket {
    std::uint32_t index = 0;  // below kBuckets
    std::uint64_t count = 0;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  // 64 bits of nanoseconds are 584 years: a hundred thousand users wait that long in two days.
  __extension__ using Sum = unsigned __int128;

  Histogram() = default;
  Histogram(const Histogram& other) = default;
  Histogram& operator=(const Histogram& other) = default;
  Histogram(Histogram&& other) noexcept { *this = std::move(other); }
  Histogram& operator=(Histogram&& other) noexcept;

  // Allocates only when the value is the first one of its doubling since construction, or since a
  // copy that is still there was made.
  void record(Duration value) {
    const std::uint64_t ns = value.count() < 0 ? 0 : static_cast<std::uint64_t>(value.count());
    const std::uint32_t index = index_of(ns);
    ++blocks_[index >> kBlockBits].own()[index & (kBlockSize - 1)];
    ++count_;
    sum_ += ns;
    if (ns < min_) min_ = ns;
    if (ns > max_) max_ = ns;
  }

  // Commutative and associative.
  void merge(const Histogram& other);
  // Forgets the counts, keeps the memory, or as much of its own as it shares.
  void clear();

  std::uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  // Exact. Zero when empty.
  Sum sum_ns() const { return sum_; }
  Duration min() const { return Duration{empty() ? 0 : static_cast<std::int64_t>(min_)}; }
  Duration max() const { return Duration{static_cast<std::int64_t>(max_)}; }
  double mean_ns() const {
    return empty() ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
  }

  // The value at place int(count * p) of all values in ascending order, places counted from 0; the
  // first and the last are exact, others are their bucket's middle. Zero when empty.
  // REQUIRES: 0 <= p <= 1
  // Source  Locust's definition (its buckets are wider)
  Duration percentile(double p) const;
  // The same of several, in ascending order, at the cost of one.
  void percentiles(std::span<const double> ascending, std::span<Duration> values) const;
  // The lower one of the two in the middle: place (count - 1) / 2.
  Duration median() const;

  // Calls visit(Bucket) for each bucket that counted something, ascending.
  template <typename Visit>
  void for_each_bucket(Visit visit) const {
    for (std::size_t b = 0; b < kBlocks; ++b) {
      if (!blocks_[b]) continue;
      for (std::size_t i = 0; i < kBlockSize; ++i) {
        const std::uint64_t count = blocks_[b].counts()[i];
        if (count != 0) visit(Bucket{static_cast<std::uint32_t>(b * kBlockSize + i), count});
      }
    }
  }

  // What for_each_bucket and the exact values tell, made a histogram again.
  // Errors: an index that is no bucket, more than 2^64 counts, min or max outside of the buckets
  // they must lie in.
  static Result<Histogram> restore(std::span<const Bucket> buckets, Sum sum_ns, Duration min,
                                   Duration max);
  class Restored;  // the same, bucket by bucket

  static std::uint32_t bucket_of(Duration value) {
    return index_of(value.count() < 0 ? 0 : static_cast<std::uint64_t>(value.count()));
  }
  // REQUIRES: index < kBuckets
  static Duration middle_of(std::uint32_t index);

  friend bool operator==(const Histogram& a, const Histogram& b);

 private:
  using Counts = std::array<std::uint64_t, kBlockSize>;

  // The counts of a doubling, if there are any.
  class Block {
   public:
    Block() = default;
    Block(const Block& other) noexcept : shared_(other.shared_) {
      if (shared_ != nullptr) shared_->owners.fetch_add(1, std::memory_order_relaxed);
    }
    Block(Block&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
    Block& operator=(Block other) noexcept {
      std::swap(shared_, other.shared_);
      return *this;
    }
    ~Block() {
      if (shared_ == nullptr) return;
      if (shared_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete shared_;
    }

    explicit operator bool() const { return shared_ != nullptr; }
    // REQUIRES: there are some.
    const Counts& counts() const { return shared_->counts; }
    // To be changed.
    Counts& own() {
      if (shared_ == nullptr || shared_->owners.load(std::memory_order_acquire) != 1) [[unlikely]] {
        make_own();
      }
      return shared_->counts;
    }
    void clear();

   private:
    struct Shared {
      std::atomic<std::uint32_t> owners{1};
      Counts counts{};
    };
    void make_own();

    Shared* shared_ = nullptr;
  };

  static std::uint32_t index_of(std::uint64_t ns) {
    if (ns < (std::uint64_t{1} << kLowestBits)) {
      return static_cast<std::uint32_t>(ns >> (kLowestBits - kBlockBits));
    }
    if (ns >= (std::uint64_t{1} << kHighestBits)) return kBuckets - 1;
    const auto octave = static_cast<unsigned>(std::bit_width(ns)) - 1;
    const auto block = octave - kLowestBits + 1;
    const auto place = (ns >> (octave - kBlockBits)) & (kBlockSize - 1);
    return static_cast<std::uint32_t>(block * kBlockSize + place);
  }
  // REQUIRES: place < count()
  Duration value_at(std::uint64_t place) const;
  // Of places in ascending order.
  void values_at(std::span<const std::uint64_t> places, std::span<Duration> values) const;

  std::array<Block, kBlocks> blocks_;
  std::uint64_t count_ = 0;
  Sum sum_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
};

// A histogram of which the buckets come one by one. A report of a worker has thousands.
class Histogram::Restored {
 public:
  // REQUIRES: index < kBuckets
  void add(std::uint32_t index, std::uint64_t count) {
    if (count == 0) return;
    made_.blocks_[index >> kBlockBits].own()[index & (kBlockSize - 1)] += count;
    made_.count_ += count;
    overflown_ = overflown_ || made_.count_ < count;
    if (index < lowest_) lowest_ = index;
    if (index > highest_) highest_ = index;
  }
  std::uint64_t count() const { return made_.count_; }
  // Errors: see restore(). What was added is gone.
  Result<Histogram> finish(Sum sum_ns, Duration min, Duration max);

 private:
  Histogram made_;
  std::uint32_t lowest_ = kBuckets;
  std::uint32_t highest_ = 0;
  bool overflown_ = false;
};

}  // namespace swarm
