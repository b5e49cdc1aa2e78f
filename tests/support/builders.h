#pragma once

#include <cstdint>
#include <string>

#include "common/stats/delta.h"
#include "common/stats/sample.h"

namespace swarm::test {

// A delta of `requests` successful requests to one endpoint, "METHOD /name".
Delta delta_of(const std::string& endpoint, std::uint64_t requests);

// A successful sample that lasted a millisecond and was not paced.
Sample sample_at(EndpointId endpoint, TimePoint started);

}  // namespace swarm::test
