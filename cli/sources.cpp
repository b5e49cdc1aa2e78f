#include "cli/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

#include "cli/values.h"

namespace swarm {
namespace {

// In one source, the last of several values counts, as in Locust: scripts append to override.
// But -u 5 beside -c 10 are two intentions, of which we cannot know the right one.
Result<void> check_for_contradictions(const Settings& source) {
  std::map<const OptionSpec*, const Setting*> by_new_name;
  for (const Setting& setting : source) {
    if (!is_old_name(*setting.option, setting.name)) by_new_name[setting.option] = &setting;
  }
  for (const Setting& setting : source) {
    if (!is_old_name(*setting.option, setting.name)) continue;
    const auto other = by_new_name.find(setting.option);
    if (other == by_new_name.end() || other->second->values == setting.values) continue;
    return error_of(
        setting,
        fmt::format("{} contradicts {} of {}; give one of them", in_quotes(setting.values.front()),
                    in_quotes(other->second->values.front()), other->second->name));
  }
  return {};
}

// Adds what no source before this one has set; the source that counts most stays last.
Result<void> add_source(Settings& winners, Settings source) {
  SWARM_TRY(check_for_contradictions(source));
  const auto sets = [](const Settings& settings, const OptionSpec* option, std::size_t from) {
    return std::ranges::any_of(settings | std::views::drop(from), [option](const Setting& setting) {
      return setting.option == option;
    });
  };
  Settings kept;
  for (std::size_t at = 0; at < source.size(); ++at) {
    const OptionSpec* option = source[at].option;
    if (sets(winners, option, 0) || (!option->repeats && sets(source, option, at + 1))) continue;
    kept.push_back(std::move(source[at]));
  }
  winners.insert(winners.begin(), std::move_iterator{kept.begin()}, std::move_iterator{kept.end()});
  return {};
}

Result<void> add_named_file(Settings& winners, const Reading& from, const Setting& config) {
  const std::string& path = config.values.front();
  SWARM_TRY_ASSIGN(auto settings, settings_of_file(from.table, from.around, path, from.pass));
  if (!settings) return error_of(config, fmt::format("there is no file {}", in_quotes(path)));
  if (from.pass == Pass::Full && settings->empty() && path.ends_with(".toml")) {
    return error_of(config,
                    fmt::format("{} has no options: put them below [tool.swarm]", in_quotes(path)));
  }
  return add_source(winners, std::move(*settings));
}

// The nearer place counts; at the same place, swarm's file before Locust's.
Result<void> add_usual_files(Settings& winners, const Reading& from) {
  std::vector<std::string> paths{"pyproject.toml", "swarm.conf", "locust.conf"};
  if (const auto home = from.around.variable("HOME"); home && !home->empty()) {
    paths.push_back(*home + "/.swarm.conf");
    paths.push_back(*home + "/.locust.conf");
  }
  for (const std::string& path : paths) {
    SWARM_TRY_ASSIGN(auto settings, settings_of_file(from.table, from.around, path, from.pass));
    if (settings) SWARM_TRY(add_source(winners, std::move(*settings)));
  }
  return {};
}

}  // namespace

const Setting* find_setting(const Settings& settings, std::string_view name) {
  const auto last = std::ranges::find_if(settings | std::views::reverse, [name](const Setting& s) {
    return s.option->names.back() == name;
  });
  return last == settings.rend() ? nullptr : &*last;
}

Error error_of(const Setting& setting, std::string_view problem) {
  const std::string option =
      is_old_name(*setting.option, setting.name) ? setting.name : setting.option->display_name();
  const std::string origin =
      setting.origin.empty() ? "" : fmt::format(" (from {})", setting.origin);
  return {fmt::format("argument {}: {}{}", option, problem, origin)};
}

Result<Settings> settings_that_count(Settings command_line, const Reading& from) {
  const Setting* config = find_setting(command_line, "--config");
  const std::optional<Setting> named_file = config ? std::optional{*config} : std::nullopt;

  Settings winners;
  SWARM_TRY(add_source(winners, std::move(command_line)));
  SWARM_TRY(add_source(winners, settings_of_environment(from.table, from.around)));
  if (named_file) SWARM_TRY(add_named_file(winners, from, *named_file));
  SWARM_TRY(add_usual_files(winners, from));
  return winners;
}

}  // namespace swarm
