#include "cli/arguments.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/suggest.h"
#include "cli/values.h"

namespace swarm {
namespace {

using Words = std::vector<std::string>;

// One occurrence of an option: `-lu5` has two.
struct Occurrence {
  const OptionSpec* option;
  std::string name;                  // in full
  std::optional<std::string> value;  // in the same word
};
using Occurrences = std::vector<Occurrence>;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool starts_like_option(std::string_view argument) {
  return argument.size() > 1 && argument.front() == '-';
}

// What begins with a dash and is no option may still be a value.
bool is_value(std::string_view argument) {
  const bool number = is_digit(argument[1]) || (argument[1] == '.' && argument.size() > 2);
  return number || argument.find(' ') != std::string_view::npos;
}

Error unknown(std::string_view argument, const OptionTable& table) {
  const std::string_view near = nearest(argument, suggestible_names(table));
  return {fmt::format(
      "unrecognized arguments: {}. {}", in_quotes(argument),
      near.empty() ? std::string{"See 'swarm --help'"} : fmt::format("Did you mean '{}'?", near))};
}

// The names that `name` is, or is the beginning of. Several names of one option are no ambiguity.
std::vector<std::string_view> full_names(std::string_view name, const OptionTable& table) {
  std::vector<std::string_view> matches;
  const OptionSpec* last = nullptr;
  for (const OptionSpec& option : table) {
    for (const auto* names : {&option.names, &option.old_names}) {
      for (const std::string_view candidate : *names) {
        if (candidate == name) return {candidate};
        if (!candidate.starts_with(name) || std::exchange(last, &option) == &option) continue;
        matches.push_back(candidate);
      }
    }
  }
  return matches;
}

// --name, --name=value, --beginning-of-name=value. No occurrence: there is no such option.
Result<Occurrences> read_long(std::string_view argument, const OptionTable& table) {
  const auto equals = std::min(argument.find('='), argument.size());
  const std::string_view name = argument.substr(0, equals);
  const auto matches = full_names(name, table);
  if (matches.empty()) return Occurrences{};
  if (matches.size() > 1) {
    return Error{fmt::format("ambiguous option: {} could match {}; write it out", name,
                             fmt::join(matches, ", "))};
  }
  Occurrence found{find_option(table, matches.front()), std::string{matches.front()}, {}};
  if (equals < argument.size()) found.value = argument.substr(equals + 1);
  return Occurrences{std::move(found)};
}

// -u, -u5, -u=5, -lV; also -name and -name=value, which a scenario may add.
Occurrences read_short(std::string_view argument, const OptionTable& table) {
  const auto equals = std::min(argument.find('='), argument.size());
  if (const auto* option = find_option(table, argument.substr(0, equals))) {
    Occurrence found{option, std::string{argument.substr(0, equals)}, {}};
    if (equals < argument.size()) found.value = argument.substr(equals + 1);
    return {std::move(found)};
  }
  Occurrences all;
  for (std::string_view rest = argument.substr(1); !rest.empty();) {
    std::string name{'-', rest.front()};
    rest.remove_prefix(1);
    const OptionSpec* option = find_option(table, name);
    if (option == nullptr) return {};
    all.push_back({option, std::move(name), {}});
    if (option->takes == Takes::Nothing || rest.empty()) continue;
    if (rest.front() == '=') rest.remove_prefix(1);
    all.back().value = std::exchange(rest, {});
  }
  return all;
}

// The options that a word is; none if it is a value.
Result<Occurrences> read_word(std::string_view argument, const OptionTable& table) {
  if (!starts_like_option(argument)) return Occurrences{};
  if (argument.starts_with("--")) {
    SWARM_TRY_ASSIGN(Occurrences read, read_long(argument, table));
    if (!read.empty()) return read;
  } else if (auto read = read_short(argument, table); !read.empty()) {
    return read;
  }
  if (is_value(argument)) return Occurrences{};
  return unknown(argument.substr(0, argument.find('=')), table);
}

// The words from `from` on that can be values of an option before them, at most `most`.
Words values_from(std::span<const std::string> arguments, std::size_t from, std::size_t most,
                  const OptionTable& table) {
  Words values;
  for (std::size_t at = from; at < arguments.size() && values.size() < most; ++at) {
    if (arguments[at] == "--") break;
    const auto read = read_word(arguments[at], table);
    if (!read || !read->empty()) break;
    values.push_back(arguments[at]);
  }
  return values;
}

Result<void> check_count(const Occurrence& given, const Words& values) {
  const OptionSpec& option = *given.option;
  const auto wrong = [&option](std::string_view problem) {
    return Error{fmt::format("argument {}: {}", option.display_name(), problem)};
  };
  if (option.takes == Takes::Nothing && given.value) {
    return wrong(fmt::format("takes no value, leave {} out", in_quotes(*given.value)));
  }
  if (values.size() >= option.takes.least) return {};
  const std::string form = fmt::format("{} {}", given.name, option.metavar);
  if (option.takes == Takes::One) return wrong("expected one argument: " + form);
  if (option.takes == Takes::Some) return wrong("expected at least one argument: " + form);
  return wrong(fmt::format("expected {} arguments: {}", option.takes.least, form));
}

const OptionSpec* positional_row(const OptionTable& table) {
  const auto found = std::ranges::find_if(table, &OptionSpec::positional);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

Result<Settings> scan_arguments(std::span<const std::string> arguments, const OptionTable& table,
                                Pass pass) {
  Settings settings;
  Words positional;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    if (arguments[at] == "--") {
      std::ranges::copy(arguments.subspan(at + 1), std::back_inserter(positional));
      break;
    }
    const auto read = read_word(arguments[at], table);
    if (!read && pass == Pass::Full) return read.error();
    if (!read) continue;
    if (read->empty()) positional.push_back(arguments[at]);
    for (const Occurrence& each : *read) {
      Words values;
      if (each.value) {
        values.push_back(*each.value);
      } else if (&each == &read->back()) {
        values = values_from(arguments, at + 1, each.option->takes.most, table);
        at += values.size();
      }
      const auto count = check_count(each, values);
      if (!count && (pass == Pass::Full || each.option->early)) return count.error();
      if (each.option->takes == Takes::Nothing) values = {"true"};
      settings.push_back({each.option, each.name, std::move(values), ""});
    }
  }
  if (positional.empty()) return settings;
  const OptionSpec* row = positional_row(table);
  if (row == nullptr) return unknown(positional.front(), table);
  settings.push_back({row, std::string{row->names.front()}, std::move(positional), ""});
  return settings;
}

}  // namespace swarm
