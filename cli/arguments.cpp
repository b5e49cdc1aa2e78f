#include "cli/arguments.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "cli/suggest.h"
#include "cli/values.h"

namespace swarm {
namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// "-5" and "-.5" are values: no option of ours looks like a number. So is what has a blank in it.
bool looks_like_option(std::string_view argument) {
  if (argument.size() < 2 || argument.front() != '-') return false;
  if (is_digit(argument[1]) || (argument[1] == '.' && argument.size() > 2)) return false;
  return argument.find(' ') == std::string_view::npos;
}

class Scanner {
 public:
  Scanner(std::span<const std::string> arguments, const OptionTable& table)
      : rest_(arguments), table_(table) {}

  Result<Settings> scan() {
    bool options_end = false;
    while (!rest_.empty()) {
      const std::string& argument = take();
      if (options_end || !looks_like_option(argument)) {
        positionals_.push_back(argument);
      } else if (argument == "--") {
        options_end = true;
      } else if (argument.starts_with("--")) {
        SWARM_TRY(scan_long(argument));
      } else {
        SWARM_TRY(scan_short(argument));
      }
    }
    SWARM_TRY(add_positionals());
    return std::move(settings_);
  }

 private:
  const std::string& take() {
    const std::string& argument = rest_.front();
    rest_ = rest_.subspan(1);
    return argument;
  }

  // --name, --name=value, --beginning-of-name.
  Result<void> scan_long(std::string_view argument) {
    const auto equals = argument.find('=');
    SWARM_TRY_ASSIGN(const std::string_view name, full_name(argument.substr(0, equals)));
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = argument.substr(equals + 1);
    return add(name, std::move(value));
  }

  // -u 5, -u5, -u=5, and switches in one word: -lV.
  Result<void> scan_short(std::string_view argument) {
    std::string_view letters = argument.substr(1);
    while (!letters.empty()) {
      const std::string name{'-', letters.front()};
      const OptionSpec* option = find_option(table_, name);
      if (option == nullptr) return unknown(argument);
      letters.remove_prefix(1);
      if (option->takes != Takes::Nothing && !letters.empty()) {
        if (letters.front() == '=') letters.remove_prefix(1);
        return add(name, std::string{letters});
      }
      SWARM_TRY(add(name, std::nullopt));
    }
    return {};
  }

  // What `name` is, or is the beginning of. Several names of one option are no ambiguity.
  Result<std::string_view> full_name(std::string_view name) const {
    std::vector<std::string_view> matches;
    const OptionSpec* last = nullptr;
    for (const OptionSpec& option : table_) {
      for (const auto* names : {&option.names, &option.old_names}) {
        for (const std::string_view candidate : *names) {
          if (candidate == name) return candidate;
          if (!candidate.starts_with(name) || std::exchange(last, &option) == &option) continue;
          matches.push_back(candidate);
        }
      }
    }
    if (matches.size() == 1) return matches.front();
    if (matches.empty()) return unknown(name);
    return Error{fmt::format("ambiguous option: {} could match {}; write it out", name,
                             fmt::join(matches, ", "))};
  }

  Error unknown(std::string_view argument) const {
    const std::string_view near = nearest(argument, suggestible_names(table_));
    return {fmt::format("unrecognized arguments: {}. {}", in_quotes(argument),
                        near.empty() ? std::string{"See 'swarm --help'"}
                                     : fmt::format("Did you mean '{}'?", near))};
  }

  // The option `name`, with the value that was given in the same argument if one was.
  Result<void> add(std::string_view name, std::optional<std::string> value) {
    const OptionSpec& option = *find_option(table_, name);
    const auto fail = [&](std::string_view problem) {
      return Error{fmt::format("argument {}: {}", option.display_name(), problem)};
    };

    std::vector<std::string> values;
    if (option.takes == Takes::Nothing) {
      if (value) return fail(fmt::format("takes no value, leave {} out", in_quotes(*value)));
      values.emplace_back("true");
    } else if (value) {
      values.push_back(std::move(*value));
    } else {
      const std::size_t most = option.takes == Takes::One ? 1 : rest_.size();
      while (!rest_.empty() && values.size() < most && !looks_like_option(rest_.front())) {
        values.push_back(take());
      }
      if (values.empty() && option.takes == Takes::One) {
        return fail(fmt::format("expected one argument: {} {}", name, option.metavar));
      }
    }
    settings_.push_back({&option, std::string{name}, std::move(values), ""});
    return {};
  }

  Result<void> add_positionals() {
    if (positionals_.empty()) return {};
    const auto option = std::ranges::find_if(table_, &OptionSpec::positional);
    if (option == table_.end()) return unknown(positionals_.front());
    settings_.push_back(
        {&*option, std::string{option->names.front()}, std::move(positionals_), ""});
    return {};
  }

  std::span<const std::string> rest_;
  const OptionTable& table_;
  Settings settings_;
  std::vector<std::string> positionals_;
};

}  // namespace

Result<Settings> scan_arguments(std::span<const std::string> arguments, const OptionTable& table) {
  return Scanner{arguments, table}.scan();
}

}  // namespace swarm
