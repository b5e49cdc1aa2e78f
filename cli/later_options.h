#pragma once

#include "cli/option_spec.h"

namespace swarm {

// Rows for Locust's options that this version does not have: it refuses them in words, since to
// ignore one would run another test than the one asked for.
OptionTable later_options();

}  // namespace swarm
