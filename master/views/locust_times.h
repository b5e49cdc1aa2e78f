#pragma once

#include <cstdint>
#include <map>

#include "common/clock.h"
#include "common/stats/endpoint_stats.h"

namespace swarm::master {

// Response times as Locust counts them: in milliseconds of two digits. For what is compared with
// Locust's to the byte; everything else shows our own, which are finer.
//
// Flow    Histogram -> [LocustTimes] -> files and JSON in Locust's formats
// Source  Locust's bucket_response_time, calculate_response_time_percentile, median_response_time
class LocustTimes {
 public:
  using Counts = std::map<std::int64_t, std::uint64_t>;

  LocustTimes() = default;
  explicit LocustTimes(const Histogram& times);

  // How often each time was counted, by milliseconds.
  const Counts& counts() const { return counts_; }
  bool empty() const { return counts_.empty(); }
  // The time at place int(count * p). Zero when empty.
  std::int64_t percentile(double p) const;
  // What was counted since `before`, which is a part of it.
  LocustTimes since(const LocustTimes& before) const;

 private:
  Counts counts_;
  std::uint64_t count_ = 0;
};

double milliseconds(Duration time);

// The half of the times, in milliseconds, within the exact least and greatest; zero when
// empty.
double locust_median(const Histogram& times, const LocustTimes& rounded);

}  // namespace swarm::master
