#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/stats/histogram.h"

namespace swarm::master {

// How often each length of time was measured in one slot of a timeline: a histogram for places
// where there are a million of them, at about two bytes a bucket that counted something.
//
// Thread  any, one at a time
// Errors  none
// Units   buckets are those of Histogram, 2^coarseness of them taken together; who uses the counts
//         knows how coarse they are
class Latencies {
 public:
  struct Bucket {
    std::uint32_t index = 0;
    std::uint64_t count = 0;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  using Buckets = std::vector<Bucket>;  // ascending, no count is zero

  static constexpr unsigned kMostCoarse = 3;  // 16 buckets a doubling, at most 3 % off

  // The buckets of `histogram`, into `buckets`, whose memory is used again.
  static void fold(const Histogram& histogram, unsigned coarseness, Buckets& buckets);
  // The middle of a bucket.
  static Duration middle_of(std::uint32_t index, unsigned coarseness);
  // The bucket at place int(count * p). REQUIRES: `buckets` is not empty, 0 <= p <= 1
  static std::uint32_t percentile(std::span<const Bucket> buckets, double p);

  // Commutative and associative.
  void add(std::span<const Bucket> buckets);
  void merge(const Latencies& other);

  bool empty() const { return packed_.empty(); }
  Buckets buckets() const;
  // On the heap, estimated.
  std::size_t bytes() const { return packed_.capacity() < 16 ? 0 : packed_.capacity() + 17; }

  friend bool operator==(const Latencies&, const Latencies&) = default;

 private:
  // For each bucket how far it is from the one before it, then its count: seven bits a byte.
  std::string packed_;
};

}  // namespace swarm::master
