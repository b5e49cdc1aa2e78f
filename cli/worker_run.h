#pragma once

#include "cli/local_run.h"

namespace swarm {

// The worker role with any kind of scenario: joins the master that the options name, obeys it until
// it is sent away, and returns the exit code. The first Ctrl-C or SIGTERM makes it leave in order,
// with every measurement delivered and the code of --exit-code-on-leave; the second at once, and
// the code is 130. Errors  logged: the scenario cannot be loaded, which the master is told as well;
// the master is
//         not there, or gone, for longer than it is waited for
int run_worker(const Options& options, const LoadScenario& load, const LoopRunner& runner);

}  // namespace swarm
