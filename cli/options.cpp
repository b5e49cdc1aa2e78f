#include "cli/options.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "cli/arguments.h"
#include "cli/custom_rows.h"
#include "cli/help.h"
#include "cli/man_page.h"
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

Result<void> check_web(const Options& options) {
  if (options.csv_full_history && options.csv_prefix.empty()) {
    return Error{"'--csv-full-history' requires '--csv'."};
  }
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return Error{"argument --tls-cert: --tls-cert and --tls-key need each other"};
  }
  return {};
}

// What Locust refuses with code 1.
std::optional<EarlyExit> refused_web(Options& options) {
  if (options.autoquit && !options.autostart) {
    return refuse(1, "argument --autoquit: it is only meaningful with --autostart");
  }
  std::string& base = options.web_base_path;
  if (!base.empty() && (base.front() != '/' || base.find_first_of("?#%\\ ") != std::string::npos)) {
    return refuse(1, "argument --web-base-path: it must begin with a /, as in /load");
  }
  while (base.ends_with('/')) base.pop_back();
  return std::nullopt;
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

bool is_on(const Settings& settings, std::string_view name) {
  const Setting* setting = find_setting(settings, name);
  if (setting == nullptr) return false;
  const auto on = parse_switch(setting->values.front());
  return on.ok() && *on;
}

// What Locust refuses with a code of its own.
std::optional<EarlyExit> refused_roles(const Settings& winners) {
  constexpr int kRefused = 255;
  if (is_on(winners, "--master") && is_on(winners, "--worker")) {
    return refuse(kRefused, "argument --master: cannot be used together with --worker");
  }
  const Setting* expected = find_setting(winners, "--expect-workers");
  if (expected == nullptr) return std::nullopt;
  const auto count = parse_whole(expected->values.front(), INT64_MIN, INT64_MAX);
  if (!count || *count >= 1) return std::nullopt;
  const auto problem = fmt::format("must be at least 1, not {}", *count);
  return refuse(kRefused, error_of(*expected, problem).message);
}

Result<Options> checked_options(const Settings& winners, const Reading& from) {
  SWARM_TRY_ASSIGN(Options options, options_of(winners, from.table));
  SWARM_TRY_ASSIGN(options.custom_arguments, custom_arguments(winners));
  SWARM_TRY(check_certificates(options, from.around));
  SWARM_TRY(check_web(options));
  return options;
}

// What is printed instead of a run, whatever else is asked for.
std::optional<EarlyExit> printed(const Settings& command_line, const OptionTable& table,
                                 const Surroundings& around) {
  if (find_setting(command_line, "--version")) return EarlyExit{0, version_text(around)};
  if (find_setting(command_line, "--help-markdown")) return EarlyExit{0, help_markdown(table)};
  if (find_setting(command_line, "--help-man")) return EarlyExit{0, man_page(table)};
  return std::nullopt;
}

// The settings that are read early; of the command line alone where help is asked for, which is
// given also where a configuration file is broken.
Result<Settings> early_settings(Settings command_line, const Reading& from) {
  const bool help = find_setting(command_line, "--help") != nullptr;
  const auto is_late = [](const Setting& setting) { return !setting.option->early; };
  std::erase_if(command_line, is_late);
  if (help) return command_line;
  SWARM_TRY_ASSIGN(Settings winners, settings_that_count(std::move(command_line), from));
  std::erase_if(winners, is_late);
  return winners;
}

Result<EarlyOptions> early_options_of(const Settings& winners, const OptionTable& table) {
  SWARM_TRY_ASSIGN(Options options, options_of(winners, table));
  return EarlyOptions{.locustfiles = std::move(options.locustfiles),
                      .python = std::move(options.python),
                      .help = find_setting(winners, "--help") != nullptr,
                      .role = options.role,
                      .master_host = std::move(options.master_host),
                      .master_port = options.master_port,
                      .processes = options.processes,
                      .master_wait = options.master_wait,
                      .include = std::move(options.include),
                      .worker_id = std::move(options.worker_id),
                      .join_token_file = std::move(options.join_token_file)};
}

}  // namespace

bool only_prints(const Options& options) {
  return options.list_users || options.show_task_ratio || options.show_task_ratio_json;
}

bool waits_for_start(const Options& options) { return !options.headless && !options.autostart; }

EarlyExit refuse(int code, const std::string& message) {
  return {code, fmt::format("swarm: error: {}\n", message)};
}

std::variant<EarlyOptions, EarlyExit> early_options(std::span<const std::string> arguments,
                                                    const Surroundings& around) {
  auto settings = scan_arguments(arguments, option_table(), Pass::Early);
  if (!settings) return refuse(2, settings.error().message);
  if (auto text = printed(*settings, option_table(), around)) return std::move(*text);

  const Reading from{option_table(), around, Pass::Early};
  const auto winners = early_settings(std::move(*settings), from);
  if (!winners) return refuse(2, winners.error().message);
  if (auto refusal = refused_roles(*winners)) return std::move(*refusal);
  auto early = early_options_of(*winners, from.table);
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
  if (find_setting(*settings, "--help")) return EarlyExit{0, help_text(*table, around.columns)};
  if (auto text = printed(*settings, *table, around)) return std::move(*text);

  const Reading from{*table, around, Pass::Full};
  const auto winners = settings_that_count(std::move(*settings), from);
  if (!winners) return refuse(2, winners.error().message);
  if (auto refusal = refused_roles(*winners)) return std::move(*refusal);
  auto options = checked_options(*winners, from);
  if (!options) return refuse(2, options.error().message);
  if (auto refusal = refused_web(*options)) return std::move(*refusal);
  return std::move(*options);
}

}  // namespace swarm
