#pragma once

#include <string>
#include <vector>

#include "cli/custom_option.h"
#include "cli/option_spec.h"
#include "cli/settings.h"
#include "common/result.h"

namespace swarm {

// The program's table with the rows of a scenario's options; `added` must outlive it. Of names that
// are in both, the scenario's counts.
// Errors  a name without dashes: the command line has room for the names of user classes only
Result<OptionTable> with_custom_options(const std::vector<CustomOption>& added);

// A setting of such a row as it is typed: --region=eu, --sizes 1 2, --verbose; nothing for a switch
// that is off.
// Errors  a value that is neither on nor off, of a switch
Result<std::vector<std::string>> words_of(const Setting& setting);

}  // namespace swarm
