#pragma once

#include <functional>
#include <memory>

#include "cli/options.h"
#include "cli/run_control.h"
#include "common/result.h"
#include "common/scenario.h"

namespace swarm {

// Makes the scenario that the options name. `host` and `control` outlive it.
using LoadScenario = std::function<Result<std::unique_ptr<Scenario>>(
    const Options& options, ScenarioHost& host, const RunControl& control)>;

// The local role with any kind of scenario: lists what it offers if that is asked for, or else
// conducts one run, shows it on stderr, and returns the exit code.
//
// Ends, in this order: users, the last report, the tables. The first Ctrl-C or SIGTERM ends the run
// like that too; the second prints what is known at once, and the code is 130.
// Errors  logged; see cli/roles.h
int run_local(const Options& options, const LoadScenario& load, const LoopRunner& runner);

}  // namespace swarm
