#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace swarm {

// How many requests ended in each second of a run, for the newest ten minutes of it: what the
// current rate is computed from.
//
// Thread  any, one at a time
// Errors  none; what is older than kWindow before the newest second is dropped
// Units   whole seconds since the run started, from 0
class SecondCounts {
 public:
  // Bounds the memory to 5 KB an endpoint. A report may be this late and still show in the rates.
  static constexpr std::int64_t kWindow = 600;

  struct Counts {
    std::uint32_t requests = 0;
    std::uint32_t failures = 0;  // of requests
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  // REQUIRES: second >= 0
  void add(std::int64_t second, Counts counts) {
    const auto place = static_cast<std::uint64_t>(second - first_);
    if (place < counts_.size()) [[likely]] {
      counts_[place].requests += counts.requests;
      counts_[place].failures += counts.failures;
    } else {
      extend(second, counts);
    }
  }
  // Commutative and associative.
  void merge(const SecondCounts& other);
  // Forgets the counts, keeps the memory.
  void clear() { counts_.clear(); }

  bool empty() const { return counts_.empty(); }
  // The seconds that are known are [begin, end); both are 0 when empty.
  std::int64_t begin() const { return empty() ? 0 : first_; }
  std::int64_t end() const { return begin() + static_cast<std::int64_t>(counts_.size()); }
  // Zeros outside of [begin, end).
  Counts at(std::int64_t second) const {
    const auto place = static_cast<std::uint64_t>(second - first_);
    return place < counts_.size() ? counts_[place] : Counts{};
  }

  friend bool operator==(const SecondCounts& a, const SecondCounts& b) {
    return a.begin() == b.begin() && a.counts_ == b.counts_;
  }

 private:
  void extend(std::int64_t second, Counts counts);

  std::int64_t first_ = 0;
  std::vector<Counts> counts_;  // of first_, first_ + 1, ...; neither end is zero
};

}  // namespace swarm
