#include "cli/settings.h"

#include <fmt/format.h>

#include <iterator>
#include <sstream>
#include <utility>

#include "cli/config_file.h"
#include "cli/suggest.h"
#include "cli/values.h"

namespace swarm {
namespace {

// A variable that takes many values has them apart by blanks.
std::vector<std::string> split_words(const std::string& text) {
  std::istringstream words{text};
  return {std::istream_iterator<std::string>{words}, {}};
}

Error unknown_key(const OptionTable& table, const std::string& origin, const std::string& key) {
  const auto near = nearest(fmt::format("--{}", key), suggestible_names(table));
  return Error{fmt::format("{}: unknown option {}. {}", origin, in_quotes(key),
                           near.empty() ? std::string{"See 'swarm --help'"}
                                        : fmt::format("Did you mean '{}'?", near.substr(2)))};
}

Result<Setting> setting_of_entry(const OptionTable& table, const std::string& path,
                                 ConfigEntry entry) {
  std::string origin = fmt::format("{}, line {}", path, entry.line);
  const OptionSpec* option = find_key(table, entry.key);
  if (option == nullptr) return unknown_key(table, origin, entry.key);
  const bool fits = entry.values.size() == 1 || option->takes.most > 1 || option->repeats;
  if (!fits) {
    return Error{fmt::format("{}: {} takes one value, not a list", origin, in_quotes(entry.key))};
  }
  return Setting{option, option_name(entry.key), std::move(entry.values), std::move(origin)};
}

// What a variable sets.
std::vector<std::string> values_of_variable(const OptionSpec& option, const std::string& text) {
  if (option.takes.most < 2 && !option.repeats) return {text};
  if (auto list = parse_list(text)) return std::move(*list);
  return option.words ? split_words(text) : std::vector{text};
}

}  // namespace

Settings settings_of_environment(const OptionTable& table, const Surroundings& around) {
  Settings settings;
  for (const OptionSpec& option : table) {
    if (option.variable.empty()) continue;
    for (const std::string_view prefix : {"SWARM_", "LOCUST_"}) {
      const std::string name = fmt::format("{}{}", option.custom ? "" : prefix, option.variable);
      const std::optional<std::string> value = around.variable(name);
      if (!value || value->empty()) continue;
      settings.push_back({&option, name, values_of_variable(option, *value), name});
      break;
    }
  }
  return settings;
}

Result<std::optional<Settings>> settings_of_file(const OptionTable& table,
                                                 const Surroundings& around,
                                                 const std::string& path, Pass pass) {
  const auto text = around.read_file(path);
  if (!text) return Error{fmt::format("cannot read {}: {}", path, text.error().message)};
  if (!text->has_value()) return std::optional<Settings>{};

  SWARM_TRY_ASSIGN(auto entries,
                   path.ends_with(".toml") ? parse_toml(**text, path) : parse_conf(**text, path));
  Settings settings;
  for (ConfigEntry& entry : entries) {
    const OptionSpec* option = find_key(table, entry.key);
    if (pass == Pass::Early && (option == nullptr || !option->early)) continue;
    SWARM_TRY_ASSIGN(auto setting, setting_of_entry(table, path, std::move(entry)));
    settings.push_back(std::move(setting));
  }
  return std::optional{std::move(settings)};
}

}  // namespace swarm
