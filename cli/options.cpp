#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <utility>

#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/option_table.h"
#include "cli/settings.h"
#include "cli/values.h"
#include "cli/version.h"

namespace swarm {
namespace {

// Of each option the setting that counts.
using Winners = std::map<const OptionSpec*, Setting>;

const Setting* find_setting(const Settings& settings, std::string_view name) {
  const auto last = std::ranges::find_if(settings | std::views::reverse, [name](const Setting& s) {
    return s.option->names.back() == name;
  });
  return last == settings.rend() ? nullptr : &*last;
}

std::string version_text(const Surroundings& around) {
#ifdef __clang__
  constexpr std::string_view kCompiler = __VERSION__;
#else
  constexpr std::string_view kCompiler = "GCC " __VERSION__;
#endif
  return fmt::format("swarm {} from {} (C++20, {})\n", version(), around.program, kCompiler);
}

// Where an error is to be looked for: in what was typed, or where else the value comes from.
Error error_of(const Setting& setting, std::string_view problem) {
  const std::string option =
      is_old_name(*setting.option, setting.name) ? setting.name : setting.option->display_name();
  const std::string origin =
      setting.origin.empty() ? "" : fmt::format(" (from {})", setting.origin);
  return {fmt::format("argument {}: {}{}", option, problem, origin)};
}

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

// Fills in what no source before this one has set.
Result<void> add_source(Winners& winners, Settings source) {
  SWARM_TRY(check_for_contradictions(source));
  for (Setting& setting : source | std::views::reverse) {
    winners.try_emplace(setting.option, std::move(setting));
  }
  return {};
}

Result<void> add_named_file(Winners& winners, const Surroundings& around, const Setting& config) {
  const std::string& path = config.values.front();
  SWARM_TRY_ASSIGN(auto settings, settings_of_file(option_table(), around, path));
  if (!settings) return error_of(config, fmt::format("there is no file {}", in_quotes(path)));
  if (settings->empty() && path.ends_with(".toml")) {
    return error_of(config,
                    fmt::format("{} has no options: put them below [tool.swarm]", in_quotes(path)));
  }
  return add_source(winners, std::move(*settings));
}

// The nearer place counts; at the same place, swarm's file before Locust's.
Result<void> add_usual_files(Winners& winners, const Surroundings& around) {
  std::vector<std::string> paths{"pyproject.toml", "swarm.conf", "locust.conf"};
  if (const auto home = around.variable("HOME"); home && !home->empty()) {
    paths.push_back(*home + "/.swarm.conf");
    paths.push_back(*home + "/.locust.conf");
  }
  for (const std::string& path : paths) {
    SWARM_TRY_ASSIGN(auto settings, settings_of_file(option_table(), around, path));
    if (settings) SWARM_TRY(add_source(winners, std::move(*settings)));
  }
  return {};
}

// What says no to something that this version does not have, asks for nothing.
bool is_switched_off(const Setting& setting) {
  if (setting.option->takes != Takes::Nothing) return false;
  const auto on = parse_switch(setting.values.front());
  return on.ok() && !*on;
}

Result<Options> options_of(const Winners& winners) {
  Options options;
  for (const OptionSpec& option : option_table()) {
    const auto winner = winners.find(&option);
    if (winner == winners.end()) continue;
    const Setting& setting = winner->second;
    if (!option.refused.empty()) {
      if (is_switched_off(setting)) continue;
      return error_of(setting, option.refused);
    }
    if (!option.store) continue;
    const auto stored = option.store(options, setting.values);
    if (!stored) return error_of(setting, stored.error().message);
  }
  return options;
}

Result<void> check_certificates(const Options& options, const Surroundings& around) {
  if (options.ca_file.empty()) return {};
  if (options.insecure) {
    return Error{"argument --insecure: contradicts --ca-file; give one of them"};
  }
  const auto text = around.read_file(options.ca_file);
  if (text && text->has_value()) return {};
  return Error{fmt::format("argument --ca-file: cannot read {}: {}", in_quotes(options.ca_file),
                           text ? "there is no such file" : text.error().message)};
}

// Until there is a web UI to start a run from.
Result<void> check_headless(const Options& options) {
  const bool only_prints =
      options.list_users || options.show_task_ratio || options.show_task_ratio_json;
  if (options.headless || only_prints) return {};
  return Error{
      "this version has no web UI yet; add --headless, as in: "
      "swarm -f FILE --headless -u 10 -r 2 -t 1m -H URL"};
}

Result<Options> checked_options(Settings command_line, const Surroundings& around) {
  const Setting* config = find_setting(command_line, "--config");
  const std::optional<Setting> named_file = config ? std::optional{*config} : std::nullopt;

  Winners winners;
  SWARM_TRY(add_source(winners, std::move(command_line)));
  SWARM_TRY(add_source(winners, settings_of_environment(option_table(), around)));
  if (named_file) SWARM_TRY(add_named_file(winners, around, *named_file));
  SWARM_TRY(add_usual_files(winners, around));

  SWARM_TRY_ASSIGN(Options options, options_of(winners));
  SWARM_TRY(check_certificates(options, around));
  SWARM_TRY(check_headless(options));
  return options;
}

}  // namespace

EarlyExit refuse(int code, const std::string& message) {
  return {code, fmt::format("swarm: error: {}\n", message)};
}

std::variant<Options, EarlyExit> parse_options(std::span<const std::string> arguments,
                                               const Surroundings& around) {
  auto settings = scan_arguments(arguments, option_table());
  if (!settings) return refuse(2, settings.error().message);
  if (find_setting(*settings, "--help")) return EarlyExit{0, help_text(option_table())};
  if (find_setting(*settings, "--version")) return EarlyExit{0, version_text(around)};
  if (find_setting(*settings, "--help-markdown")) {
    return EarlyExit{0, help_markdown(option_table())};
  }

  auto options = checked_options(std::move(*settings), around);
  if (!options) return refuse(2, options.error().message);
  return std::move(*options);
}

}  // namespace swarm
