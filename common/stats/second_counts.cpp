#include "common/stats/second_counts.h"

#include <algorithm>

#include "common/assert.h"

namespace swarm {

void SecondCounts::extend(std::int64_t second, Counts counts) {
  SWARM_ASSERT(second >= 0);
  if (counts == Counts{}) return;
  if (counts_.empty()) {
    counts_.reserve(16);  // more than an interval between reports: nothing to allocate after it
    first_ = second;
    counts_.push_back(counts);
    return;
  }
  if (second < first_) {
    if (end() - second > kWindow) return;
    counts_.insert(counts_.begin(), static_cast<std::size_t>(first_ - second), Counts{});
    first_ = second;
    counts_.front() = counts;
    return;
  }
  // Leave out what falls out of the window, and the zeros after it, so that equal counts are equal
  // objects whatever order they came in.
  const std::int64_t oldest = second - kWindow + 1;
  if (oldest > first_) {
    auto keep = counts_.begin() + std::min(oldest - first_, end() - first_);
    keep = std::find_if(keep, counts_.end(), [](const Counts& c) { return c != Counts{}; });
    first_ = keep == counts_.end() ? second : first_ + (keep - counts_.begin());
    counts_.erase(counts_.begin(), keep);
  }
  counts_.resize(static_cast<std::size_t>(second - first_) + 1);
  counts_.back() = counts;
}

void SecondCounts::merge(const SecondCounts& other) {
  // The newest first: it decides what is too old.
  for (std::int64_t second = other.end(); second-- > other.begin();) {
    if (const Counts counts = other.at(second); counts != Counts{}) add(second, counts);
  }
}

}  // namespace swarm
