#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/options.h"

namespace swarm {

// A value as Python has it: None, bool, int, float, str, list of str.
using OptionValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;

// What `environment.parsed_options` holds: every option under the name (dest) that it has in
// Locust, those that this version refuses at their defaults; then swarm's own. run_time and
// stop_timeout are in seconds. Not the ones that a scenario adds.
std::vector<std::pair<std::string, OptionValue>> option_values(const Options& options);

}  // namespace swarm
