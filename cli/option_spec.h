#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "cli/takes.h"
#include "common/result.h"

namespace swarm {

// Which sources may set an option besides the command line.
enum class Sources : std::uint8_t { All, CommandLineOnly };

// The options are read twice: before the scenario's files, which may add some, and after them.
enum class Pass : std::uint8_t { Early, Full };

// One row of the table: all that the program knows of an option. Parsing, --help, configuration
// files, suggestions and docs/options.md are made from it.
struct OptionSpec {
  // Keeps checked values; its error reads on after "argument -x/--option: ".
  using Store = std::function<Result<void>(Options&, std::span<const std::string> values)>;

  // As typed: -u, --users; without dashes, the positional arguments. Configuration files use the
  // long ones, without their dashes.
  std::vector<std::string_view> names{};
  std::vector<std::string_view> old_names{};  // of earlier versions of Locust: accepted everywhere
  Takes takes = Takes::Nothing;
  bool repeats = false;                     // each occurrence in a source counts, not only the last
  std::string_view metavar{};               // what stands for the value in --help
  std::vector<std::string_view> choices{};  // all values there are; empty: any
  std::string_view variable{};              // without its prefix LOCUST_ or SWARM_; empty: none
  bool words = true;  // a variable with several values has them apart by blanks
  Sources sources = Sources::All;
  bool early = false;          // counts in Pass::Early
  std::string_view group{};    // its heading in --help; empty: hidden
  std::string_view help{};     // one sentence, with its default if it has one
  Store store{};               // empty: answered by parse_options (--help), or refused
  std::string_view refused{};  // why it is not accepted, and what to do instead
  bool custom = false;         // of the scenario: its variable has no prefix, nobody checks values

  bool positional() const { return !names.front().starts_with('-'); }
  bool hidden() const { return group.empty(); }
  // "-u/--users", as errors name it.
  std::string display_name() const;
};

using OptionTable = std::vector<OptionSpec>;

// The row that has `name`, of today or of old; null if none has.
const OptionSpec* find_option(const OptionTable& table, std::string_view name);
// The name that a configuration file's key stands for: "users" and "--users" for --users.
std::string option_name(std::string_view key);
// As find_option, for what may stand in a configuration file.
const OptionSpec* find_key(const OptionTable& table, std::string_view key);
bool is_old_name(const OptionSpec& option, std::string_view name);

// All long names that may be suggested to somebody who misspelt one.
std::vector<std::string_view> suggestible_names(const OptionTable& table);

}  // namespace swarm
