#include "master/views/locust_times.h"

#include <algorithm>
#include <cmath>

namespace swarm::master {
namespace {

// Two significant digits, from 1 ms on; half to even, which is how nearbyint rounds by default.
std::int64_t locust_bucket(Duration time) {
  const double ms = milliseconds(time);
  const double unit = ms < 100 ? 1 : ms < 1000 ? 10 : ms < 10000 ? 100 : 1000;
  return static_cast<std::int64_t>(std::nearbyint(ms / unit) * unit);
}

}  // namespace

double milliseconds(Duration time) { return static_cast<double>(time.count()) / 1e6; }

LocustTimes::LocustTimes(const Histogram& times) : count_(times.count()) {
  times.for_each_bucket([&](const Histogram::Bucket& bucket) {
    const Duration middle = Histogram::middle_of(bucket.index);
    counts_[locust_bucket(std::clamp(middle, times.min(), times.max()))] += bucket.count;
  });
}

std::int64_t LocustTimes::percentile(double p) const {
  if (count_ == 0) return 0;
  const auto place =
      std::min(static_cast<std::uint64_t>(static_cast<double>(count_) * p), count_ - 1);
  std::uint64_t passed = 0;
  for (const auto& [ms, count] : counts_) {
    passed += count;
    if (passed > place) return ms;
  }
  return counts_.rbegin()->first;
}

LocustTimes LocustTimes::since(const LocustTimes& before) const {
  LocustTimes newer;
  for (const auto& [ms, count] : counts_) {
    const auto known = before.counts_.find(ms);
    const std::uint64_t old = known == before.counts_.end() ? 0 : std::min(known->second, count);
    if (count == old) continue;
    newer.counts_[ms] = count - old;
    newer.count_ += count - old;
  }
  return newer;
}

double locust_median(const Histogram& times, const LocustTimes& rounded) {
  if (rounded.empty()) return 0;
  return std::clamp(static_cast<double>(rounded.percentile(0.5)), milliseconds(times.min()),
                    milliseconds(times.max()));
}

}  // namespace swarm::master
