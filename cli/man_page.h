#pragma once

#include <string>

#include "cli/option_spec.h"

namespace swarm {

// swarm(1) in the man macros: what --help says, and the variable and old names of each option.
std::string man_page(const OptionTable& table);

}  // namespace swarm
