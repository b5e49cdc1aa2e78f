#pragma once

#include <span>
#include <string>

#include "cli/option_spec.h"
#include "cli/settings.h"
#include "common/result.h"

namespace swarm {

// Takes a command line apart by the rules of Python's argparse, which Locust's users know:
// `--opt value`, `--opt=value`, unambiguous beginnings of long names, `-u5`, `-lV`, negative
// numbers are values, after `--` come positional arguments only.
//
// Flow    arguments -> [scan_arguments] -> Settings, in the order given
// Errors  an unknown or ambiguous option, a missing or surplus value
Result<Settings> scan_arguments(std::span<const std::string> arguments, const OptionTable& table);

}  // namespace swarm
