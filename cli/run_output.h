#pragma once

#include <cstdio>
#include <optional>
#include <string>

#include "cli/options.h"
#include "common/result.h"
#include "common/scenario.h"

namespace swarm {

// What a role writes where its user reads it.

void print(std::FILE* file, const std::string& text);
// Of the terminal at stderr, or kNotATerminal (master/views/console.h).
int stderr_columns();

// --list and --show-task-ratio: prints what is asked for about a scenario. No value: no list is.
// Errors  a class is named that the scenario does not have
Result<std::optional<int>> print_lists(const Options& options, const Scenario& scenario);

// Says in the log why there is no run, and returns the exit code for it.
int fail(const std::string& reason);

}  // namespace swarm
