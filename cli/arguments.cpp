#include "cli/arguments.h"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "cli/suggest.h"
#include "cli/values.h"
#include "common/assert.h"

namespace swarm {
namespace {

using Words = std::vector<std::string>;

// Stands before each value that is a word of its own. No argument of a process contains it.
constexpr char kValueMark = '\0';

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// "-5" and "-.5" are values: no option of ours looks like a number. So is what has a blank in it.
bool looks_like_option(std::string_view argument) {
  if (argument.size() < 2 || argument.front() != '-') return false;
  if (is_digit(argument[1]) || (argument[1] == '.' && argument.size() > 2)) return false;
  return argument.find(' ') == std::string_view::npos;
}

Error unknown(std::string_view argument, const OptionTable& table) {
  const std::string_view near = nearest(argument, suggestible_names(table));
  return {fmt::format(
      "unrecognized arguments: {}. {}", in_quotes(argument),
      near.empty() ? std::string{"See 'swarm --help'"} : fmt::format("Did you mean '{}'?", near))};
}

// What `name` is, or is the beginning of. Several names of one option are no ambiguity.
Result<std::string_view> full_name(std::string_view name, const OptionTable& table) {
  std::vector<std::string_view> matches;
  const OptionSpec* last = nullptr;
  for (const OptionSpec& option : table) {
    for (const auto* names : {&option.names, &option.old_names}) {
      for (const std::string_view candidate : *names) {
        if (candidate == name) return candidate;
        if (!candidate.starts_with(name) || std::exchange(last, &option) == &option) continue;
        matches.push_back(candidate);
      }
    }
  }
  if (matches.size() == 1) return matches.front();
  if (matches.empty()) return unknown(name, table);
  return Error{fmt::format("ambiguous option: {} could match {}; write it out", name,
                           fmt::join(matches, ", "))};
}

// One or several options in one word, perhaps with a value.
struct OptionWord {
  std::string text;
  const OptionSpec* last;  // the value is of this one
  bool has_value;
};

// --name, --name=value, --beginning-of-name=value.
Result<OptionWord> read_long(std::string_view argument, const OptionTable& table) {
  const auto equals = std::min(argument.find('='), argument.size());
  SWARM_TRY_ASSIGN(const std::string_view name, full_name(argument.substr(0, equals), table));
  const bool has_value = equals < argument.size();
  return OptionWord{fmt::format("{}{}{}", name, has_value ? "=" : "", argument.substr(equals)),
                    find_option(table, name), has_value};
}

// -u, -u5, -u=5, -lV.
Result<OptionWord> read_short(std::string_view argument, const OptionTable& table) {
  const OptionSpec* option = nullptr;
  std::size_t read = 1;
  do {
    option = find_option(table, std::string{'-', argument[read++]});
    if (option == nullptr) return unknown(argument, table);
  } while (option->takes == Takes::Nothing && read < argument.size());
  return OptionWord{std::string{argument}, option, read < argument.size()};
}

// The arguments as CLI11 must see them to read them by argparse's rules. Left alone,
// - it knows no beginnings of names, and names of an unknown -vx only the rest, -x: so names are
//   written out, and unknown ones refused, here;
// - it takes "-a b" for options: so values have a mark in front;
// - it takes an empty value for none, and that of -u=5 for "=5": so --name=value becomes
//   --name==value, and value_of() takes one "=" off both;
// - it lets a list go on after --list=value and -Lvalue: so "--", which it drops, ends that one.
Result<Words> words_for_cli11(std::span<const std::string> arguments, const OptionTable& table) {
  Words words;
  bool options_end = false;
  for (const std::string& argument : arguments) {
    if (options_end || !looks_like_option(argument)) {
      words.push_back(kValueMark + argument);
    } else if (argument == "--") {
      options_end = true;
      words.push_back(argument);
    } else {
      const auto read = argument.starts_with("--") ? read_long : read_short;
      SWARM_TRY_ASSIGN(OptionWord option, read(argument, table));
      words.push_back(std::move(option.text));
      if (option.has_value && option.last->takes == Takes::Many) words.emplace_back("--");
    }
  }
  return words;
}

// A value as it was given: without its mark or "=".
std::string value_of(const std::string& word) {
  return word.front() == kValueMark || word.front() == '=' ? word.substr(1) : word;
}

// The values of one occurrence of an option, from the `words` that CLI11 found for it: an empty
// one if it found none.
// Errors: throws what CLI11 throws when it counts values itself.
Words values_of(const OptionSpec& option, std::string_view name, const Words& words) {
  const auto wrong = [&](std::string_view problem) {
    return CLI::ArgumentMismatch{fmt::format("argument {}: {}", option.display_name(), problem)};
  };
  const bool none = words.front().empty();
  if (option.takes == Takes::Nothing) {
    if (none) return {"true"};
    throw wrong(fmt::format("takes no value, leave {} out", in_quotes(value_of(words.front()))));
  }
  if (none && option.takes == Takes::One) {
    throw wrong(fmt::format("expected one argument: {} {}", name, option.metavar));
  }
  Words values;
  if (!none) std::ranges::transform(words, std::back_inserter(values), value_of);
  return values;
}

// An option of CLI11 for each name of the row: it does not tell under which of its names an option
// was given. No value is required, since a required one might begin with dashes: `-u --verbose`.
void add_row(CLI::App& app, const OptionSpec& option, Settings& settings) {
  // CLI11 takes a larger number for "unlimited", which has rules of its own.
  constexpr int kMany = 1 << 20;
  const int most = option.takes == Takes::Nothing ? 0 : option.takes == Takes::One ? 1 : kMany;

  for (const auto* names : {&option.names, &option.old_names}) {
    for (const std::string_view name : *names) {
      const auto keep = [&option, &settings, name](const CLI::results_t& words) {
        settings.push_back({&option, std::string{name}, values_of(option, name, words), ""});
        return true;
      };
      // Options are kept at once, so in their order; positional arguments when all are there.
      app.add_option(std::string{name}, keep)
          ->expected(0, most)
          ->allow_extra_args(option.positional())
          ->trigger_on_parse(!option.positional());
    }
  }
}

}  // namespace

Result<Settings> scan_arguments(std::span<const std::string> arguments, const OptionTable& table) {
  SWARM_TRY_ASSIGN(Words words, words_for_cli11(arguments, table));
  std::ranges::reverse(words);  // CLI11 takes them from the back

  Settings settings;
  CLI::App app;
  try {
    app.set_help_flag();  // --help is a row like all others
    for (const OptionSpec& option : table) add_row(app, option, settings);
    app.parse(std::move(words));
  } catch (const CLI::ExtrasError&) {
    // Options are known by now: it is a positional argument, and the table has no row for any.
    const auto left = app.remaining();  // perhaps with "--" before it
    const auto surplus =
        std::ranges::find(left, kValueMark, [](auto& word) { return word.front(); });
    SWARM_ASSERT(surplus != left.end());
    return unknown(value_of(*surplus), table);
  } catch (const CLI::Error& error) {
    return Error{error.what()};
  }
  return settings;
}

}  // namespace swarm
