#include "cli/option_spec.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace swarm {

std::string OptionSpec::display_name() const { return fmt::format("{}", fmt::join(names, "/")); }

bool is_old_name(const OptionSpec& option, std::string_view name) {
  return std::ranges::find(option.old_names, name) != option.old_names.end();
}

const OptionSpec* find_option(const OptionTable& table, std::string_view name) {
  const auto found = std::ranges::find_if(table, [name](const OptionSpec& option) {
    return std::ranges::find(option.names, name) != option.names.end() || is_old_name(option, name);
  });
  return found == table.end() ? nullptr : &*found;
}

std::string option_name(std::string_view key) {
  return key.starts_with("--") ? std::string{key} : fmt::format("--{}", key);
}

const OptionSpec* find_key(const OptionTable& table, std::string_view key) {
  const OptionSpec* option = find_option(table, option_name(key));
  return option != nullptr && option->sources == Sources::All ? option : nullptr;
}

std::vector<std::string_view> suggestible_names(const OptionTable& table) {
  std::vector<std::string_view> result;
  for (const OptionSpec& option : table) {
    for (const auto& names : {option.names, option.old_names}) {
      std::ranges::copy_if(names, std::back_inserter(result),
                           [](std::string_view name) { return name.starts_with("--"); });
    }
  }
  return result;
}

}  // namespace swarm
