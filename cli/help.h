#pragma once

#include <cstddef>
#include <string>

#include "cli/option_spec.h"

namespace swarm {

// What --help prints: the options of the table by group, aligned, in so many columns; then
// examples. Below kHelpColumns lines are longer, above kMostHelpColumns they would be hard to read.
inline constexpr std::size_t kHelpColumns = 80;
inline constexpr std::size_t kMostHelpColumns = 120;
std::string help_text(const OptionTable& table, std::size_t columns = kHelpColumns);

// docs/options.md: all that the table says, as Markdown.
std::string help_markdown(const OptionTable& table);

}  // namespace swarm
