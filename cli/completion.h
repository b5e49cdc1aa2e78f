#pragma once

#include <string>
#include <string_view>

#include "cli/option_spec.h"
#include "common/result.h"

namespace swarm {

// What a shell reads to complete the options of the table and the commands: names, the values there
// are, and files where a file is meant.
// Errors  no such shell
Result<std::string> completion(const OptionTable& table, std::string_view shell);

}  // namespace swarm
