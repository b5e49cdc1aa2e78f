#pragma once

#include "cli/option_spec.h"

namespace swarm {

// Every option of `swarm`, in the order of --help. A new option is one row in option_table.cpp.
const OptionTable& option_table();

}  // namespace swarm
