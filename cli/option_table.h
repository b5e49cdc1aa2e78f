#pragma once

#include <string_view>

#include "cli/option_spec.h"

namespace swarm {

inline constexpr std::string_view kCommonOptions = "Common options";

// Every option of `swarm`, in the order of --help. A new option is one row in option_table.cpp.
const OptionTable& option_table();

}  // namespace swarm
