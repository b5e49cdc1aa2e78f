#include "cli/options.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "cli/arguments.h"
#include "cli/custom_rows.h"
#include "cli/help.h"
#include "cli/option_table.h"
#include "cli/sources.h"
#include "cli/values.h"
#include "cli/version.h"

namespace swarm {
namespace {

std::string version_text(const Surroundings& around) {
#ifdef __clang__
  constexpr std::string_view kCompiler = __VERSION__;
#else
  constexpr std::string_view kCompiler = "GCC " __VERSION__;
#endif
  return fmt::format("swarm {} from {} (C++20, {})\n", version(), around.program, kCompiler);
}

// What says no to something that this version does not have, asks for nothing.
bool is_switched_off(const Setting& setting) {
  if (setting.option->takes != Takes::Nothing) return false;
  const auto on = parse_switch(setting.values.front());
  return on.ok() && !*on;
}

Result<Options> options_of(const Settings& winners, const OptionTable& table) {
  Options options;
  for (const OptionSpec& option : table) {
    const Setting* last = nullptr;
    std::vector<std::string> values;
    for (const Setting& setting : winners) {
      if (setting.option != &option) continue;
      last = &setting;
      values.insert(values.end(), setting.values.begin(), setting.values.end());
    }
    if (last == nullptr) continue;
    if (!option.refused.empty()) {
      if (is_switched_off(*last)) continue;
      return error_of(*last, option.refused);
    }
    if (!option.store) continue;
    const auto stored = option.store(options, values);
    if (!stored) return error_of(*last, stored.error().message);
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

// What the scenario's own options were given, in the order that its argparse would see.
Result<std::vector<std::string>> custom_arguments(const Settings& winners) {
  std::vector<std::string> arguments;
  for (const Setting& setting : winners) {
    if (!setting.option->custom) continue;
    const auto words = words_of(setting);
    if (!words) return error_of(setting, words.error().message);
    arguments.insert(arguments.end(), words->begin(), words->end());
  }
  return arguments;
}

Result<Options> checked_options(Settings command_line, const Reading& from) {
  SWARM_TRY_ASSIGN(const Settings winners, settings_that_count(std::move(command_line), from));
  SWARM_TRY_ASSIGN(Options options, options_of(winners, from.table));
  SWARM_TRY_ASSIGN(options.custom_arguments, custom_arguments(winners));
  SWARM_TRY(check_certificates(options, from.around));
  SWARM_TRY(check_headless(options));
  return options;
}

// What is printed instead of a run, whatever else is asked for.
std::optional<EarlyExit> printed(const Settings& command_line, const OptionTable& table,
                                 const Surroundings& around) {
  if (find_setting(command_line, "--version")) return EarlyExit{0, version_text(around)};
  if (find_setting(command_line, "--help-markdown")) return EarlyExit{0, help_markdown(table)};
  return std::nullopt;
}

Result<EarlyOptions> early_options_of(Settings command_line, const Reading& from) {
  EarlyOptions early{
      .locustfiles = {}, .python = {}, .help = find_setting(command_line, "--help") != nullptr};
  const auto is_late = [](const Setting& setting) { return !setting.option->early; };
  std::erase_if(command_line, is_late);
  Settings winners = std::move(command_line);
  // Help is given also where a configuration file is broken.
  if (!early.help) {
    SWARM_TRY_ASSIGN(winners, settings_that_count(std::move(winners), from));
    std::erase_if(winners, is_late);
  }
  SWARM_TRY_ASSIGN(Options options, options_of(winners, from.table));
  early.locustfiles = std::move(options.locustfiles);
  early.python = std::move(options.python);
  return early;
}

}  // namespace

EarlyExit refuse(int code, const std::string& message) {
  return {code, fmt::format("swarm: error: {}\n", message)};
}

std::variant<EarlyOptions, EarlyExit> early_options(std::span<const std::string> arguments,
                                                    const Surroundings& around) {
  auto settings = scan_arguments(arguments, option_table(), Pass::Early);
  if (!settings) return refuse(2, settings.error().message);
  if (auto text = printed(*settings, option_table(), around)) return std::move(*text);

  auto early = early_options_of(std::move(*settings), {option_table(), around, Pass::Early});
  if (!early) return refuse(2, early.error().message);
  return std::move(*early);
}

std::variant<Options, EarlyExit> parse_options(std::span<const std::string> arguments,
                                               const Surroundings& around,
                                               const std::vector<CustomOption>& added) {
  const auto table = with_custom_options(added);
  if (!table) return refuse(1, table.error().message);
  auto settings = scan_arguments(arguments, *table);
  if (!settings) return refuse(2, settings.error().message);
  if (find_setting(*settings, "--help")) return EarlyExit{0, help_text(*table)};
  if (auto text = printed(*settings, *table, around)) return std::move(*text);

  auto options = checked_options(std::move(*settings), {*table, around, Pass::Full});
  if (!options) return refuse(2, options.error().message);
  return std::move(*options);
}

}  // namespace swarm
