#include "common/stats/endpoint_stats.h"

#include <algorithm>

namespace swarm {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void EndpointStats::merge(const EndpointStats& other) {
  requests += other.requests;
  failures += other.failures;
  none_requests += other.none_requests;
  self_timed += other.self_timed;
  interrupted += other.interrupted;
  bytes_received += other.bytes_received;
  response_times.merge(other.response_times);
  seconds.merge(other.seconds);
  first = std::min(first, other.first);
  last = std::max(last, other.last);
}

void EndpointStats::clear() {
  requests = failures = none_requests = self_timed = interrupted = bytes_received = 0;
  response_times.clear();
  seconds.clear();
  first = Duration::max();
  last = Duration::zero();
}

double EndpointStats::fail_ratio() const { return ratio(failures, requests); }
double EndpointStats::mean_bytes() const { return ratio(bytes_received, requests); }

}  // namespace swarm
