#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <tuple>

#include "common/clock.h"
#include "common/stats/histogram.h"
#include "common/stats/second_counts.h"

namespace swarm {

// What requests are grouped by, in the words of the scenario: it means the same in each process.
struct EndpointName {
  std::string method;
  std::string name;

  // In the order of every table: by name, then by method.
  friend std::strong_ordering operator<=>(const EndpointName& a, const EndpointName& b) {
    return std::tie(a.name, a.method) <=> std::tie(b.name, b.method);
  }
  friend bool operator==(const EndpointName&, const EndpointName&) = default;
};

// Everything that is counted of one endpoint, or of all together.
// Thread  any, one at a time
// Units   instants are durations since the run started (see Delta)
struct EndpointStats {
  std::uint64_t requests = 0;        // that ended, failed ones too
  std::uint64_t failures = 0;        // of requests
  std::uint64_t none_requests = 0;   // of requests: those without a response time
  std::uint64_t self_timed = 0;      // of requests: those that the scenario took the time of
  std::uint64_t interrupted = 0;     // sent and given up with their user; none of requests
  std::uint64_t bytes_received = 0;  // bodies, of requests
  Histogram response_times;          // of requests but none_requests
  SecondCounts seconds;              // of requests, by the second in which they ended
  Duration first = Duration::max();  // the earliest start; only if requests > 0
  Duration last = Duration::zero();  // the latest end

  bool empty() const { return requests == 0 && interrupted == 0; }
  // Commutative and associative.
  void merge(const EndpointStats& other);
  // Forgets what was counted, keeps the memory.
  void clear();

  double fail_ratio() const;
  double mean_bytes() const;

  friend bool operator==(const EndpointStats&, const EndpointStats&) = default;
};

}  // namespace swarm
