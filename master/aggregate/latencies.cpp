#include "master/aggregate/latencies.h"

#include <algorithm>

#include "common/assert.h"

namespace swarm::master {
namespace {

void append(std::string& bytes, std::uint64_t number) {
  while (number >= 0x80) {
    bytes.push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  bytes.push_back(static_cast<char>(number));
}

// Takes what append() wrote from the front of what is left.
class Unpacking {
 public:
  explicit Unpacking(std::string_view bytes) : left_(bytes) { advance(); }

  bool done() const { return done_; }
  const Latencies::Bucket& bucket() const { return bucket_; }
  void advance() {
    done_ = left_.empty();
    if (done_) return;
    bucket_.index += static_cast<std::uint32_t>(take());
    bucket_.count = take();
  }

 private:
  std::uint64_t take() {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      number |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return number;
    }
  }

  std::string_view left_;
  Latencies::Bucket bucket_;
  bool done_ = false;
};

class Packing {
 public:
  void add(const Latencies::Bucket& bucket) {
    append(bytes_, bucket.index - before_);
    append(bytes_, bucket.count);
    before_ = bucket.index;
  }
  // As a string of no more than its own length: there are very many of them.
  std::string take() const { return std::string(bytes_.data(), bytes_.size()); }

 private:
  std::string bytes_;
  std::uint32_t before_ = 0;
};

}  // namespace

void Latencies::fold(const Histogram& histogram, unsigned coarseness, Buckets& buckets) {
  buckets.clear();
  histogram.for_each_bucket([&](const Histogram::Bucket& fine) {
    const std::uint32_t index = fine.index >> coarseness;
    if (buckets.empty() || buckets.back().index != index) buckets.push_back({index, 0});
    buckets.back().count += fine.count;
  });
}

Duration Latencies::middle_of(std::uint32_t index, unsigned coarseness) {
  // The fine bucket just above the middle begins there; for the finest it is the middle itself.
  const std::uint32_t fine = index << coarseness;
  if (coarseness == 0) return Histogram::middle_of(fine);
  const std::uint32_t half = 1u << (coarseness - 1);
  return (Histogram::middle_of(fine + half - 1) + Histogram::middle_of(fine + half)) / 2;
}

std::uint32_t Latencies::percentile(std::span<const Bucket> buckets, double p) {
  SWARM_ASSERT(!buckets.empty());
  std::uint64_t count = 0;
  for (const Bucket& bucket : buckets) count += bucket.count;
  const auto place =
      std::min(static_cast<std::uint64_t>(static_cast<double>(count) * p), count - 1);
  std::uint64_t passed = 0;
  for (const Bucket& bucket : buckets) {
    passed += bucket.count;
    if (passed > place) return bucket.index;
  }
  return buckets.back().index;
}

void Latencies::add(std::span<const Bucket> buckets) {
  if (buckets.empty()) return;
  Packing sum;
  Unpacking mine(packed_);
  auto next = buckets.begin();
  while (!mine.done() || next != buckets.end()) {
    if (next == buckets.end() || (!mine.done() && mine.bucket().index < next->index)) {
      sum.add(mine.bucket());
      mine.advance();
    } else if (mine.done() || next->index < mine.bucket().index) {
      sum.add(*next++);
    } else {
      sum.add({next->index, next->count + mine.bucket().count});
      mine.advance();
      ++next;
    }
  }
  packed_ = sum.take();
}

void Latencies::merge(const Latencies& other) {
  if (other.empty()) return;
  if (empty()) {
    packed_ = other.packed_;
    return;
  }
  add(other.buckets());
}

Latencies::Buckets Latencies::buckets() const {
  Buckets all;
  for (Unpacking each(packed_); !each.done(); each.advance()) all.push_back(each.bucket());
  return all;
}

}  // namespace swarm::master
