#pragma once

#include <memory>
#include <string>

#include "common/result.h"
#include "common/scenario.h"

namespace swarm {

struct NativeOptions {
  bool verify = true;   // certificates of https targets
  std::string ca_file;  // PEM; empty: the system's authorities
};

// Loads a scenario compiled with swarm/swarm.h from the shared library at `path`. The library
// stays loaded for the life of the process. `host` must outlive the scenario.
// Errors: the file is missing, is no such library, was compiled for another version, offers no
// user class or one that cannot work, or the CA file cannot be read.
Result<std::unique_ptr<Scenario>> load_native_scenario(const std::string& path, ScenarioHost& host,
                                                       const NativeOptions& options);

}  // namespace swarm
