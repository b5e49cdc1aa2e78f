#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/surroundings.h"
#include "common/result.h"
#include "proto/messages.h"

namespace swarm {

// Where a worker has the scenario that its master gave it. It is a folder of this process alone
// (mode 0700) and goes with it, however it ends: a child process waits for that. The lock by which
// the child sees it also tells of a folder whose process and child both were killed; the next
// worker of the same user removes that one.
//
// Flow    proto::ScenarioFiles -> [make_scenario_folder] -> ScenarioFolder -> the front-end
// Thread  any; before there are others
struct ScenarioFolder {
  std::string root;                  // what paths within the scenario are relative to
  std::vector<std::string> entries;  // absolute paths: what -f would name

  friend bool operator==(const ScenarioFolder&, const ScenarioFolder&) = default;
};

// What a master sent is something to write below a folder and to load: relative paths that stay
// below it, each once, no more than Bundle::kMostBytes, and entries among them.
// Errors  what is wrong, naming the file
Result<void> check_scenario(const proto::ScenarioFiles& files);

// Checks the files and writes them into a new folder below $TMPDIR, after removing those left over
// there. The environment tells of it from then on, to the program that this process turns into.
// Errors  check_scenario(); no folder, or no space. Nothing is left behind.
Result<ScenarioFolder> make_scenario_folder(const proto::ScenarioFiles& files,
                                            const Surroundings& around);

// That of this process, if it had one before it turned into the present program.
std::optional<ScenarioFolder> inherited_scenario_folder(const Surroundings& around);

}  // namespace swarm
