#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option_spec.h"
#include "cli/surroundings.h"
#include "common/result.h"

namespace swarm {

// One option as one source sets it, not yet checked.
struct Setting {
  const OptionSpec* option;  // of the table that was asked
  std::string name;          // as given: -c, --clients, LOCUST_USERS
  std::vector<std::string>
      values;          // as many as the option takes; of a switch the word true or false
  std::string origin;  // "locust.conf, line 3"; empty: the command line
};

using Settings = std::vector<Setting>;

// The options that the environment sets; SWARM_X before LOCUST_X. An empty variable sets nothing.
Settings settings_of_environment(const OptionTable& table, const Surroundings& around);

// The options that a configuration file sets: .conf, or by its ending .toml, where the tables
// tool.locust and tool.swarm are read, of which swarm's wins. No value: there is no such file.
// Errors: the file cannot be read or is malformed; it has a key that is no option's, which in
// Pass::Early may be the scenario's.
Result<std::optional<Settings>> settings_of_file(const OptionTable& table,
                                                 const Surroundings& around,
                                                 const std::string& path, Pass pass = Pass::Full);

}  // namespace swarm
