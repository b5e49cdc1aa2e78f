#pragma once

#include <cstdint>
#include <optional>

#include "cli/surroundings.h"

namespace swarm {

// How many cores the control groups of this process allow it to use at a time; none: any number.
// Units   cores, > 0, perhaps a part of one
std::optional<double> core_quota(const Surroundings& around);

// How many processes can work at a time here: the cores that this one may run on, or what its quota
// allows if that is less; at least 1.
std::uint32_t usable_cores(const Surroundings& around);

}  // namespace swarm
