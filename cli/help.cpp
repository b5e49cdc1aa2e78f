#include "cli/help.h"

#include <fmt/ranges.h>

#include <sstream>
#include <string>
#include <vector>

namespace swarm {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kHelpColumn = 30;

constexpr std::string_view kUsage =
    "Usage: swarm [options] [UserClass ...]\n"
    "       swarm target [options]            a web server to aim at\n"
    "       swarm token                       a new secret for --join-token-file\n";

constexpr std::string_view kExamples = R"(
Options can also be set in ./swarm.conf or ~/.swarm.conf (spawn-rate = 10), in
pyproject.toml under [tool.swarm], and in the environment (SWARM_SPAWN_RATE=10).
Locust's files and LOCUST_ variables are read as well. The command line counts
before the environment, the environment before --config, --config before others.

Examples:
  swarm -f shop.py --headless -u 100 -r 10 -t 5m -H https://shop.example
      100 users, 10 more each second, for 5 minutes
  swarm -f shop.py --headless -u 5 -n 1000 -H 127.0.0.1:8080 --json
      exactly 1000 requests; the totals as JSON on stdout
  swarm -f shop.py --master --expect-workers 3 -u 3000 -r 100 -t 5m
  swarm --worker --master-host 10.0.0.5
      a run over three workers, which get the scenario from the master
  swarm -f shop.py --list
      the user classes that a scenario offers
  swarm -f shop.py --help
      this, with the options that the scenario adds
)";

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

// The words of `text` in lines that end before kColumns, each below the first.
void append_wrapped(std::string& out, std::size_t column, std::string_view text) {
  std::istringstream words{std::string{text}};
  std::size_t end = column;
  for (std::string word; words >> word;) {
    if (end > column) {
      const bool fits = end + 1 + word.size() < kColumns;
      out += fits ? std::string{' '} : fmt::format("\n{}", std::string(column, ' '));
      end = fits ? end + 1 : column;
    }
    out += word;
    end += word.size();
  }
  out += '\n';
}

void append_option(std::string& out, const OptionSpec& option) {
  const std::string left = fmt::format("  {}", signature(option));
  out += left;
  if (option.help.empty()) {
    out += '\n';
    return;
  }
  const bool fits = left.size() + 2 <= kHelpColumn;
  out += fits ? std::string(kHelpColumn - left.size(), ' ')
              : fmt::format("\n{}", std::string(kHelpColumn, ' '));
  append_wrapped(out, kHelpColumn, option.help);
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

std::string help_text(const OptionTable& table) {
  std::string out{kUsage};
  std::string_view group;
  for (const OptionSpec& option : table) {
    if (option.hidden()) continue;
    if (option.group != group) out += fmt::format("\n{}:\n", option.group);
    group = option.group;
    append_option(out, option);
  }
  return out += kExamples;
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
