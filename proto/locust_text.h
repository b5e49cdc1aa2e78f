#pragma once

#include <string>
#include <string_view>

#include "common/stats/delta.h"

namespace swarm::proto {

// Text as Python's peers take and write it.
// Thread  any
// Errors  none

// repr() of a str. Which characters are escaped beyond the first 256 is told by their blocks:
// invisible, private and unused ones; not each that Unicode has not given away yet.
std::string python_repr(std::string_view text);

// What Locust's peers group a failure by: two workers that saw the same one name the same key.
// Source  locust-reference 2.9
std::string locust_error_key(const ErrorKey& error);

}  // namespace swarm::proto
