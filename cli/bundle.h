#pragma once

#include <cstdint>
#include <string>

#include "cli/options.h"
#include "common/result.h"
#include "common/scenario.h"
#include "proto/messages.h"

namespace swarm {

// The scenario of a master, as its workers are given it: the files as they were when the master
// read them itself, so that all load the same.
//
// Flow    Scenario::files(), --include -> [make_bundle] -> Bundle -> proto::ScenarioFiles
// Thread  loop
class Bundle {
 public:
  static constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;

  // What a worker that asks is told: the files, or why it cannot have them.
  proto::ScenarioFiles answer(const proto::ScenarioRequest& request) const;
  // The same for whoever can load anything.
  const proto::ScenarioFiles& files() const { return files_; }

 private:
  friend Result<Bundle> make_bundle(const Options& options, const Scenario& scenario);

  proto::ScenarioFiles files_;
  std::string platform_;  // what a worker must be to load them; empty: anything
};

// Reads all files: those of the scenario, and what the patterns of --include name, relative to the
// working directory (a folder: everything below it, but `__pycache__`, *.pyc and dot files). Their
// paths in the bundle are relative to the folder of the first file; a Python module from elsewhere
// is placed as it is imported.
// Errors  with --include, whatever keeps the files from travelling: a pattern that names nothing,
//         a file that is elsewhere or cannot be read, more than kMostBytes in all. Without, that
//         is in the answer to those who ask: workers that have files of their own do not care.
Result<Bundle> make_bundle(const Options& options, const Scenario& scenario);

}  // namespace swarm
