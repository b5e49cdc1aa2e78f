#pragma once

#include "cli/options.h"

namespace swarm {

// What the process can be: each builds its objects, joins them, runs the loop and returns the exit
// code of the process.
// Errors  logged in one line that says what to do; the code is Locust's

// Master and one worker in this process, joined in memory.
int run_local(const Options& options);

}  // namespace swarm
