#pragma once

#include <span>
#include <string>

#include "cli/option_spec.h"
#include "cli/settings.h"
#include "common/result.h"

namespace swarm {

// Takes a command line apart by the rules of Python's argparse, which Locust's users know:
// `--opt value`, `--opt=value`, unambiguous beginnings of long names, `-u5`, `-lV`, negative
// numbers and words with blanks are values unless an option begins so, after `--` come positional
// arguments only.
//
// Flow    arguments -> [scan_arguments] -> Settings, in the order given, positional ones last
// Errors  an unknown or ambiguous option, a missing or surplus value; in Pass::Early only of
// options
//         that are read early, since all others may be the scenario's
Result<Settings> scan_arguments(std::span<const std::string> arguments, const OptionTable& table,
                                Pass pass = Pass::Full);

}  // namespace swarm
