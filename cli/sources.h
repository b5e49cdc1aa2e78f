#pragma once

#include <string_view>

#include "cli/option_spec.h"
#include "cli/settings.h"
#include "cli/surroundings.h"
#include "common/result.h"

namespace swarm {

// One reading of the options: which there are, and where they come from besides the command line.
struct Reading {
  const OptionTable& table;
  const Surroundings& around;
  Pass pass = Pass::Full;
};

// Adds the environment and the configuration files to a command line. Left are, of each option, the
// settings of the one source that counts, and the last of them unless the option repeats; the
// source that counts most comes last.
// Errors  a configuration file that is wrong, or named and missing; two names of an option with
//         different values in one source
Result<Settings> settings_that_count(Settings command_line, const Reading& from);

// The last setting of the option called `name`; null if there is none.
const Setting* find_setting(const Settings& settings, std::string_view name);

// A problem with a setting, and where it is to be looked for: in what was typed, or where else the
// value comes from.
Error error_of(const Setting& setting, std::string_view problem);

}  // namespace swarm
