#pragma once

#include <functional>
#include <string>

#include "cli/options.h"
#include "cli/scenario_folder.h"
#include "common/result.h"

namespace swarm {

// What a worker has to do with its master before it joins it, while nothing is loaded yet; as
// functions, so that a test can be the master.
struct MasterContact {
  // The scenario, for a worker that has none of its own. Waits for the master.
  // Errors  nobody answers in time, there is nothing to be had, or nothing that may be taken
  std::function<Result<ScenarioFolder>(const EarlyOptions& options)> fetch;
  // Tells that the scenario cannot be loaded here: one line, or many. Best effort.
  std::function<void(const EarlyOptions& options, const std::string& reason)> tell_failed;
};

// That with the master which the options name.
MasterContact real_master_contact();

}  // namespace swarm
