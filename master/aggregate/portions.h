#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/stats/endpoint_stats.h"
#include "master/aggregate/latencies.h"

namespace swarm::master {

// What of a delta fell in one second of a run.
struct Portion {
  std::int64_t second = 0;
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;  // of requests
  Latencies::Buckets latencies;
};

// Splits what was measured over a few seconds into what was measured in each of them.
//
// Flow    EndpointStats (of a Delta) -> [Portions] -> Timeline
// Errors  none
//
// How many ended in which second is known. How long those of each second took is not: each bucket
// is dealt out to the seconds in proportion to their requests, and adds up to what it was. What is
// older than the seconds that are known (all of a run at once, to a master that was started anew)
// is spread evenly over the time before them.
class Portions {
 public:
  // Seconds of one slot make one portion: `width` seconds a slot. What claims to be later than
  // second `latest` was then. Valid until the next call.
  std::span<const Portion> of(const EndpointStats& stats, unsigned coarseness, std::int64_t width,
                              std::int64_t latest);

 private:
  Portion& next(std::int64_t second);
  void count_seconds(const EndpointStats& stats, std::int64_t latest);
  void count_older(const EndpointStats& stats, std::int64_t latest);
  void deal();
  void join(std::int64_t width);

  std::vector<Portion> portions_;  // the first used_ of them; the others keep memory
  std::size_t used_ = 0;
  Latencies::Buckets buckets_;
  std::vector<double> owed_;  // to each portion, of the buckets so far
};

}  // namespace swarm::master
