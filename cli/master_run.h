#pragma once

#include "cli/local_run.h"

namespace swarm {

// The master role with any kind of scenario: binds its port, waits for the workers that it is to
// expect, conducts one run over them, shows it on stderr, sends them away, and returns the exit
// code. The first Ctrl-C or SIGTERM ends the run in order; the second prints what is known at once,
// and the code is 130.
// Errors  logged: the port is in use, the token cannot be read, what run_local() refuses; 1 as well
//         if the expected workers do not come in time
int run_master(const Options& options, const LoadScenario& load, const LoopRunner& runner);

}  // namespace swarm
