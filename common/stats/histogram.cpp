#include "common/stats/histogram.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace swarm {

void Histogram::Block::make_own() {
  Block own;
  own.shared_ = new Shared;
  if (shared_ != nullptr) own.shared_->counts = shared_->counts;
  std::swap(shared_, own.shared_);
}

void Histogram::Block::clear() {
  if (shared_ == nullptr) return;
  if (shared_->owners.load(std::memory_order_acquire) == 1) {
    shared_->counts.fill(0);
  } else {
    Block own;
    own.shared_ = new Shared;
    std::swap(shared_, own.shared_);
  }
}

Histogram& Histogram::operator=(Histogram&& other) noexcept {
  for (std::size_t b = 0; b < kBlocks; ++b) blocks_[b] = std::move(other.blocks_[b]);
  count_ = std::exchange(other.count_, 0);
  sum_ = std::exchange(other.sum_, 0);
  min_ = std::exchange(other.min_, UINT64_MAX);
  max_ = std::exchange(other.max_, 0);
  return *this;
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t b = 0; b < kBlocks; ++b) {
    if (!other.blocks_[b]) continue;
    if (!blocks_[b]) {
      blocks_[b] = other.blocks_[b];
      continue;
    }
    const Counts& theirs = other.blocks_[b].counts();
    Counts& ours = blocks_[b].own();
    for (std::size_t i = 0; i < kBlockSize; ++i) ours[i] += theirs[i];
  }
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::clear() {
  for (Block& block : blocks_) block.clear();
  count_ = 0;
  sum_ = 0;
  min_ = UINT64_MAX;
  max_ = 0;
}

Duration Histogram::percentile(double p) const {
  SWARM_ASSERT(p >= 0 && p <= 1);
  if (empty()) return Duration{0};
  const auto place = static_cast<std::uint64_t>(static_cast<double>(count_) * p);
  return value_at(std::min(place, count_ - 1));
}

Duration Histogram::median() const { return empty() ? Duration{0} : value_at((count_ - 1) / 2); }

Duration Histogram::value_at(std::uint64_t place) const {
  Duration value{};
  values_at(std::span(&place, 1), std::span(&value, 1));
  return value;
}

void Histogram::percentiles(std::span<const double> ascending, std::span<Duration> values) const {
  SWARM_ASSERT(ascending.size() == values.size());
  std::vector<std::uint64_t> places;
  places.reserve(ascending.size());
  for (const double p : ascending) {
    SWARM_ASSERT(p >= 0 && p <= 1);
    const auto place = static_cast<std::uint64_t>(static_cast<double>(count_) * p);
    places.push_back(empty() ? 0 : std::min(place, count_ - 1));
  }
  if (empty()) {
    std::ranges::fill(values, Duration{});
  } else {
    values_at(places, values);
  }
}

void Histogram::values_at(std::span<const std::uint64_t> places, std::span<Duration> values) const {
  std::size_t at = 0;
  for (; at < places.size() && places[at] == 0; ++at) values[at] = min();
  std::uint64_t passed = 0;
  for (std::size_t b = 0; b < kBlocks && at < places.size(); ++b) {
    if (!blocks_[b]) continue;
    const Counts& counts = blocks_[b].counts();
    for (std::size_t i = 0; i < kBlockSize && at < places.size(); ++i) {
      passed += counts[i];
      for (; at < places.size() && passed > places[at] && places[at] < count_ - 1; ++at) {
        const Duration middle = middle_of(static_cast<std::uint32_t>(b * kBlockSize + i));
        values[at] = std::clamp(middle, min(), max());
      }
    }
  }
  for (; at < places.size(); ++at) values[at] = max();
}

Duration Histogram::middle_of(std::uint32_t index) {
  SWARM_ASSERT(index < kBuckets);
  const std::uint64_t block = index >> kBlockBits;
  const std::uint64_t place = index & (kBlockSize - 1);
  // The linear part and the first doubling have the same width.
  const std::uint64_t shift = kLowestBits - kBlockBits + (block == 0 ? 0 : block - 1);
  const std::uint64_t lower = ((block == 0 ? 0 : kBlockSize) + place) << shift;
  return Duration{static_cast<std::int64_t>(lower + (std::uint64_t{1} << shift) / 2)};
}

Result<Histogram> Histogram::restore(std::span<const Bucket> buckets, Sum sum_ns, Duration min,
                                     Duration max) {
  Restored restored;
  for (const Bucket& bucket : buckets) {
    if (bucket.index >= kBuckets) return Error{"a histogram has a bucket that does not exist"};
    restored.add(bucket.index, bucket.count);
  }
  return restored.finish(sum_ns, min, max);
}

Result<Histogram> Histogram::Restored::finish(Sum sum_ns, Duration min, Duration max) {
  if (overflown_) return Error{"a histogram counts more than 64 bits can"};
  if (made_.empty()) return std::move(made_);
  if (min.count() < 0 || min > max || bucket_of(min) != lowest_ || bucket_of(max) != highest_) {
    return Error{"a histogram's smallest or largest value is not in its buckets"};
  }
  made_.sum_ = sum_ns;
  made_.min_ = static_cast<std::uint64_t>(min.count());
  made_.max_ = static_cast<std::uint64_t>(max.count());
  return std::move(made_);
}

bool operator==(const Histogram& a, const Histogram& b) {
  if (a.count_ != b.count_ || a.sum_ != b.sum_ || a.min_ != b.min_ || a.max_ != b.max_)
    return false;
  static constexpr Histogram::Counts kNothing{};
  for (std::size_t i = 0; i < Histogram::kBlocks; ++i) {
    const auto& left = a.blocks_[i] ? a.blocks_[i].counts() : kNothing;
    const auto& right = b.blocks_[i] ? b.blocks_[i].counts() : kNothing;
    if (left != right) return false;
  }
  return true;
}

}  // namespace swarm
