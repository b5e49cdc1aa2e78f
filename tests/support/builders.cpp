#include "tests/support/builders.h"

namespace swarm::test {

using namespace std::chrono_literals;

Delta delta_of(const std::string& endpoint, std::uint64_t requests) {
  const std::size_t space = endpoint.find(' ');
  EndpointStats stats;
  stats.requests = requests;
  for (std::uint64_t i = 0; i < requests; ++i) stats.response_times.record(1ms);
  stats.first = 0ns;
  stats.last = 1ms;
  Delta delta;
  delta.endpoints.emplace(EndpointName{endpoint.substr(0, space), endpoint.substr(space + 1)},
                          std::move(stats));
  return delta;
}

Sample sample_at(EndpointId endpoint, TimePoint started) {
  return {.endpoint = endpoint, .due = started, .started = started, .ended = started + 1ms};
}

}  // namespace swarm::test
