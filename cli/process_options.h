#pragma once

#include "cli/option_spec.h"

namespace swarm {

// The rows of a run over several processes: which part this one plays, and how it finds the others.
OptionTable process_options();

}  // namespace swarm
