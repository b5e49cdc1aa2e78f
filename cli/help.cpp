#include "cli/help.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace swarm {
namespace {

constexpr std::size_t kHelpColumn = 30;

constexpr std::size_t kCommandColumn = 41;

constexpr std::string_view kMarkdownOpening = R"(# Options

Written by `swarm --help-markdown` from the table in `cli/option_table.cpp`; a test compares
the two.

Of the places that set an option, the first counts: the command line, the environment, the
file of `--config`, `./pyproject.toml` (`[tool.swarm]`), `./swarm.conf`, `~/.swarm.conf`.
Locust's own are read as well, each behind swarm's at the same place: `LOCUST_` variables,
`[tool.locust]`, `./locust.conf`, `~/.locust.conf`. In a file, an option has its long name
without dashes: `spawn-rate = 10`. An empty variable counts as none. Options that a scenario adds
(`init_command_line_parser`) may be set in all these places too.
)";

// "-u, --users N", long names below each other whether or not there is a short one.
std::string signature(const OptionSpec& option) {
  if (option.positional()) return fmt::format("{}", option.metavar);
  const std::string names = fmt::format("{}", fmt::join(option.names, ", "));
  const std::string_view indent = names.starts_with("--") ? "    " : "";
  return fmt::format("{}{}{}{}", indent, names, option.metavar.empty() ? "" : " ", option.metavar);
}

// From where to where help stands in a line.
struct Columns {
  std::size_t first = 0;
  std::size_t end = kHelpColumns;
};

// The words of `text` between the columns, each line below the first.
void append_wrapped(std::string& out, Columns columns, std::string_view text) {
  std::istringstream words{std::string{text}};
  std::size_t end = columns.first;
  for (std::string word; words >> word;) {
    if (end > columns.first) {
      const bool fits = end + 1 + word.size() < columns.end;
      out += fits ? std::string{' '} : fmt::format("\n{}", std::string(columns.first, ' '));
      end = fits ? end + 1 : columns.first;
    }
    out += word;
    end += word.size();
  }
  out += '\n';
}

std::string usage() {
  std::string out = "Usage: swarm [options] [UserClass ...]\n";
  for (const Command& each : kCommands) {
    const std::string left = fmt::format("       swarm {} {}", each.name, each.arguments);
    out += fmt::format("{:<{}}{}\n", left, kCommandColumn, each.help);
  }
  return out;
}

void append_examples(std::string& out) {
  out += "\nExamples:\n";
  for (const Example& each : kExamples) {
    std::istringstream lines{std::string{each.command}};
    for (std::string line; std::getline(lines, line);) out += fmt::format("  {}\n", line);
    out += fmt::format("      {}\n", each.meaning);
  }
}

void append_option(std::string& out, const OptionSpec& option, std::size_t columns) {
  const std::string left = fmt::format("  {}", signature(option));
  out += left;
  if (option.help.empty()) {
    out += '\n';
    return;
  }
  const bool fits = left.size() + 2 <= kHelpColumn;
  out += fits ? std::string(kHelpColumn - left.size(), ' ')
              : fmt::format("\n{}", std::string(kHelpColumn, ' '));
  append_wrapped(out, {kHelpColumn, columns}, option.help);
}

std::string code(std::string_view text) { return fmt::format("`{}`", text); }

// Names in backquotes, one after the other.
template <typename Names>
std::string codes(const Names& names) {
  std::vector<std::string> quoted_names;
  for (const std::string_view name : names) quoted_names.push_back(code(name));
  return fmt::format("{}", fmt::join(quoted_names, " "));
}

std::string markdown_row(const OptionSpec& option) {
  const std::string metavar =
      option.metavar.empty() || option.positional() ? "" : fmt::format(" {}", option.metavar);
  return fmt::format(
      "| {}{} | {} | {} | {} |\n", codes(option.names), metavar, codes(option.old_names),
      option.variable.empty() ? "" : code(fmt::format("SWARM_{}", option.variable)), option.help);
}

}  // namespace

std::string help_text(const OptionTable& table, std::size_t columns) {
  columns = std::clamp(columns, kHelpColumns, kMostHelpColumns);
  std::string out = usage();
  std::string_view group;
  for (const OptionSpec& option : table) {
    if (option.hidden()) continue;
    if (option.group != group) out += fmt::format("\n{}:\n", option.group);
    group = option.group;
    append_option(out, option, columns);
  }
  out += '\n';
  append_wrapped(out, {0, columns}, kWhereOptionsAreSet);
  append_examples(out);
  return out;
}

std::string help_markdown(const OptionTable& table) {
  std::string out{kMarkdownOpening};
  std::string_view group;
  for (const OptionSpec& option : table) {
    if (option.hidden()) continue;
    if (option.group != group) {
      out +=
          fmt::format("\n## {}\n\n| option | old name | variable | meaning |\n|---|---|---|---|\n",
                      option.group);
    }
    group = option.group;
    out += markdown_row(option);
  }
  return out;
}

}  // namespace swarm
