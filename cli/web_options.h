#pragma once

#include "cli/option_spec.h"

namespace swarm {

// The rows of the option table about the web UI.
OptionTable web_options();

}  // namespace swarm
