#pragma once

#include <string>

#include "cli/option_spec.h"

namespace swarm {

// What --help prints: the options of the table by group, aligned, in 80 columns; then examples.
std::string help_text(const OptionTable& table);

// docs/options.md: all that the table says, as Markdown.
std::string help_markdown(const OptionTable& table);

}  // namespace swarm
