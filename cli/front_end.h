#pragma once

#include <string>
#include <vector>

#include "cli/scenario_main.h"

namespace swarm {

// That of the program itself: loads compiled scenarios, and for Python files replaces the process
// by an interpreter with the same `arguments`, where the module has a front-end of its own.
FrontEnd program_front_end(std::vector<std::string> arguments);

}  // namespace swarm
